/** A value as a configuration file has it. */
export type ConfigValue = string | number | boolean | readonly string[];

/** What a value may be: how it is described, read, and made of the text of an environment variable. */
export interface SettingKind<T> {
  /** What is expected, as it stands behind "expected" in messages and in the documentation. */
  readonly expected: string;
  /**
   * @param value of the file, any type
   * @param folder that relative paths start at
   * @returns undefined when the value cannot be used
   */
  read(value: unknown, folder: string): T | undefined;
  /** The value as a file would have it. */
  fromText(text: string): unknown;
  /** The value without what nobody should see; default: as it is. */
  readonly show?: (value: ConfigValue) => ConfigValue;
}

/** One setting of the configuration. */
export interface Setting<T> {
  readonly kind: SettingKind<NonNullable<T>>;
  /** One sentence for people. */
  readonly help: string;
  /** As a file would have it. */
  readonly default: ConfigValue | undefined;
  /** Never shown; may come from a file that `<name>_file` names. */
  readonly isSecret: boolean;
}

interface SettingInput<T> {
  readonly kind: SettingKind<T>;
  readonly help: string;
  readonly isSecret?: true;
}

/** A setting that may be missing, or has a default. */
export function setting<T>(input: SettingInput<T> & { readonly default: ConfigValue }): Setting<T>;
export function setting<T>(input: SettingInput<T>): Setting<T | undefined>;
export function setting<T>(input: SettingInput<T> & { readonly default?: ConfigValue }): Setting<T | undefined> {
  const { kind, help, default: value, isSecret = false } = input;
  return { kind: kind as SettingKind<NonNullable<T>>, help, default: value, isSecret };
}
