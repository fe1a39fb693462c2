import { SECTIONS } from "./sections.ts";
import type { Section } from "./sections.ts";
import type { Setting } from "./setting.ts";

/** One setting with its names. */
export interface NamedSetting {
  /** As property: `http`, `maxBodyBytes`. */
  readonly section: string;
  readonly property: string;
  /** As in a file: `max_body_bytes`. */
  readonly key: string;
  readonly setting: Setting<unknown>;
}

/** Behind the name of a secret: the file that has it. */
export const FILE_SUFFIX = "_file";

/** All settings, in the order of the sections. */
export const NAMED_SETTINGS: readonly NamedSetting[] = Object.entries(SECTIONS).flatMap(([section, { settings }]) =>
  Object.entries(settings as Section<Record<string, unknown>>["settings"]).map(([property, setting]) => ({
    section,
    property,
    key: property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    setting,
  })),
);

/** Names of the sections, in order. */
export const SECTION_NAMES: readonly string[] = Object.keys(SECTIONS);

/** The keys that a section of a file may have; those of files with secrets included. */
export function keysOf(section: string): readonly string[] {
  return NAMED_SETTINGS.filter((named) => named.section === section).flatMap(({ key, setting }) =>
    setting.isSecret ? [key, `${key}${FILE_SUFFIX}`] : [key],
  );
}

/** `XQBUS_EMAIL__HOST`. */
export function environmentName(section: string, key: string): string {
  return `XQBUS_${section.toUpperCase()}__${key.toUpperCase()}`;
}
