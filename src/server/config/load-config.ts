import { readFile, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { shown } from "../../assert-option.ts";
import { unreadableReason } from "../../daemon/index.ts";
import { MASK } from "../../event/index.ts";
import { checkTogether } from "./check-together.ts";
import { InvalidConfigError } from "./config-problem.ts";
import type { ConfigProblem } from "./config-problem.ts";
import type { ConfigEntry } from "./config-entry.ts";
import type { DaemonConfig } from "./daemon-config.ts";
import { ConfigPlaces } from "./config-places.ts";
import { databasesSection } from "./databases-section.ts";
import { environmentLayer, fileLayer } from "./layers.ts";
import type { GivenValue, Layer } from "./layers.ts";
import { FILE_SUFFIX, NAMED_SETTINGS } from "./names.ts";
import type { NamedSetting } from "./names.ts";
import { readTomlFile } from "./read-toml.ts";
import type { ConfigValue } from "./setting.ts";

/** Where a configuration comes from; what comes later here wins over what comes before. */
export interface ConfigSources {
  /** A TOML file. */
  readonly file?: string | undefined;
  /** Variables `XQBUS_SECTION__KEY`; others are not looked at. Default none. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Options of a command line. */
  readonly options?: readonly ConfigOption[];
  /** Whether `[storage] folder` has to be given: a service that forgets everything is a mistake. Default false. */
  readonly needsFolder?: boolean;
}

/** A setting that an option of the command line gives. */
export interface ConfigOption {
  /** `--http`. */
  readonly option: string;
  readonly section: string;
  readonly key: string;
  readonly value: ConfigValue;
}

/** A configuration that can be used. */
export interface LoadedConfig {
  readonly config: DaemonConfig;
  /** `[databases]`: URLs by the names of `connect()`. They may have passwords. */
  readonly databases: Readonly<Record<string, string>>;
  readonly entries: readonly ConfigEntry[];
  /** Files that secrets were read from, and the configuration itself when there are secrets in it. */
  readonly secretFiles: readonly string[];
}

/** Bytes of a file with a secret. */
const MAX_SECRET = 64 * 1024;

/**
 * Reads a configuration and checks it as a whole.
 *
 * @throws InvalidConfigError with all problems; XqbusError `xqbus:unreadable`, `xqbus:limit-exceeded`, `xqbus:missing-package`
 */
export async function loadConfig({
  file: name,
  env = {},
  options = [],
  needsFolder = false,
}: ConfigSources = {}): Promise<LoadedConfig> {
  const file = name === undefined ? undefined : await readTomlFile(name);
  const section = databasesSection(file);
  const layers = [
    ...(file === undefined ? [] : [fileLayer(file, section)]),
    environmentLayer(env),
    { values: options.map((option) => ({ ...option, source: "option" as const })), strangers: [], sections: [] },
  ];
  const places = new ConfigPlaces(file, layers);
  const problems: ConfigProblem[] = layers.flatMap(({ strangers }) =>
    strangers.map(({ path, variable, message }) => ({ ...places.of(path, variable), setting: undefined, message })),
  );
  const entries: ConfigEntry[] = [];
  const secretFiles = new Set<string>();
  const config: Record<string, Record<string, unknown>> = {};
  for (const named of NAMED_SETTINGS) {
    const { section, property, setting } = named;
    const given = valueGiven(named, layers, (problem) =>
      problems.push({ ...places.ofValue(problem.given), ...problem }),
    );
    const folder = given?.source === "file" && file !== undefined ? dirname(resolve(file.name)) : process.cwd();
    const read = given === undefined ? { value: setting.default } : await readGiven(named, given, folder);
    const value = read.value === undefined ? undefined : setting.kind.read(read.value, folder);
    (config[section] ??= {})[property] = value;
    if (setting.isSecret && given?.source === "file" && file !== undefined) {
      secretFiles.add(given.key === named.key ? resolve(file.name) : resolve(folder, String(given.value)));
    }
    if (given !== undefined && value === undefined) {
      const message = read.problem ?? wrongValue(named, given.value);
      problems.push({ ...places.ofValue(given), setting: `${section}.${given.key}`, message });
    }
    entries.push(entryOf(named, given, places));
  }
  for (const name of ["http", "archive", "action"]) turnOn(name, { config, entries, layers, places });
  const loaded = config as unknown as DaemonConfig;
  // Of a setting that cannot be used nothing more is said: it has no value.
  const unusable = new Set(problems.map(({ setting }) => withoutSuffix(setting)));
  const together = checkTogether(loaded, needsFolder, section.databases).filter(
    ({ settings }) => !settings.some((each) => unusable.has(each)),
  );
  problems.push(...together.map((problem) => places.together(problem, entries)));
  if (problems.length > 0)
    throw new InvalidConfigError(problems.sort((a, b) => (a.line ?? Infinity) - (b.line ?? Infinity)));
  return { config: loaded, databases: section.databases, entries, secretFiles: [...secretFiles] };
}

/** The value of the last place that gives one, or the file with it. */
function valueGiven(
  { section, key, setting }: NamedSetting,
  layers: readonly Layer[],
  tell: (problem: { readonly given: GivenValue; readonly setting: string; readonly message: string }) => void,
): GivenValue | undefined {
  const keys = setting.isSecret ? [key, `${key}${FILE_SUFFIX}`] : [key];
  for (const { values } of layers.toReversed()) {
    const [given, other] = values.filter((value) => value.section === section && keys.includes(value.key));
    if (given === undefined) continue;
    if (other !== undefined) {
      const message = `${section}.${key} and ${section}.${key}${FILE_SUFFIX} are given; expected one of them`;
      tell({ given: other, setting: `${section}.${other.key}`, message });
    }
    return given;
  }
  return undefined;
}

/** The value, read from a file where it is a secret in one. @param folder where paths begin */
async function readGiven(
  { key }: NamedSetting,
  given: GivenValue,
  folder: string,
): Promise<{ readonly value: unknown; readonly problem?: string }> {
  if (given.key === key) return { value: given.value };
  if (typeof given.value !== "string" || given.value === "") {
    return { value: undefined, problem: `${given.section}.${given.key} is ${shown(given.value)}; expected a path` };
  }
  const path = resolve(folder, given.value);
  const problem = (reason: string): { readonly value: undefined; readonly problem: string } => ({
    value: undefined,
    problem: `${given.section}.${given.key}: ${path} ${reason}`,
  });
  try {
    const { size } = await stat(path);
    if (size > MAX_SECRET) return problem(`has ${size} bytes; expected at most ${MAX_SECRET}`);
    const text = (await readFile(path, "utf8")).replace(/\r?\n$/, "");
    return text === ""
      ? problem("is empty; expected the secret")
      : { value: text, problem: problem("has not one line of text that can be used").problem };
  } catch (error) {
    return problem(`cannot be read: ${unreadableReason(error)}`);
  }
}

function wrongValue({ section, key, setting }: NamedSetting, value: unknown): string {
  const is = setting.isSecret
    ? "cannot be used"
    : `is ${typeof value === "object" ? JSON.stringify(value)?.slice(0, 80) : shown(value)}`;
  return `${section}.${key} ${is}; expected ${setting.kind.expected}`;
}

/** The setting that is meant by `email.password_file`. */
function withoutSuffix(setting: string | undefined): string | undefined {
  return setting?.endsWith(FILE_SUFFIX) === true ? setting.slice(0, -FILE_SUFFIX.length) : setting;
}

interface Loading {
  readonly config: Record<string, Record<string, unknown>>;
  readonly entries: ConfigEntry[];
  readonly layers: readonly Layer[];
  readonly places: ConfigPlaces;
}

/** A person who writes `[http]` wants it, with settings below or without. */
function turnOn(name: string, { config, entries, layers, places }: Loading): void {
  const own = entries.find(({ section, source }) => section === name && source !== "default");
  const isWritten = layers.some(({ sections }) => sections.includes(name));
  const first = own ?? (isWritten ? { source: "file" as const, ...places.of([name], undefined) } : undefined);
  const index = entries.findIndex(({ section, key }) => section === name && key === "enabled");
  const enabled = entries[index];
  const values = config[name];
  if (first === undefined || enabled?.source !== "default" || values === undefined) return;
  values["enabled"] = true;
  entries[index] = { ...enabled, value: true, source: first.source, place: first.place };
}

function entryOf(
  { section, key, setting }: NamedSetting,
  given: GivenValue | undefined,
  places: ConfigPlaces,
): ConfigEntry {
  if (given === undefined) return { section, key, value: setting.default, source: "default", place: undefined };
  const value = given.value as ConfigValue;
  const isFile = given.key !== key;
  const safe = isFile || !setting.isSecret ? value : (setting.kind.show?.(value) ?? MASK);
  return { section, key: given.key, value: safe, source: given.source, place: places.ofValue(given).place };
}
