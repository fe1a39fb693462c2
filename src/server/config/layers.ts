import { nearestName } from "../../schema/index.ts";
import { DATABASES_SECTION } from "./databases-section.ts";
import type { DatabasesSection } from "./databases-section.ts";
import { environmentName, FILE_SUFFIX, keysOf, NAMED_SETTINGS, SECTION_NAMES } from "./names.ts";
import type { TomlFile } from "./read-toml.ts";

/** Where a value comes from. */
export type ConfigSource = "default" | "file" | "environment" | "option";

/** A value that somebody gave; `value` may be anything. */
export interface GivenValue {
  readonly section: string;
  readonly key: string;
  readonly value: unknown;
  readonly source: ConfigSource;
  /** Of options of the command line: `--http`. */
  readonly option?: string;
}

/** What somebody gave that is no setting. */
export interface Stranger {
  readonly source: ConfigSource;
  /** In a file. */
  readonly path: readonly string[];
  /** In the environment. */
  readonly variable?: string;
  readonly message: string;
}

/** What one place gives. */
export interface Layer {
  /** Sections that are there, with settings or without. */
  readonly sections: readonly string[];
  readonly values: readonly GivenValue[];
  readonly strangers: readonly Stranger[];
}

/** What a file gives. */
export function fileLayer(file: TomlFile, databases: DatabasesSection): Layer {
  const sections: string[] = [];
  const values: GivenValue[] = [];
  const strangers: Stranger[] = databases.problems.map((problem) => ({ source: "file", ...problem }));
  for (const [section, content] of Object.entries(file.table)) {
    if (section === DATABASES_SECTION) continue;
    const stranger = (message: string, ...rest: readonly string[]): void => {
      strangers.push({ source: "file", path: [section, ...rest], message });
    };
    if (!SECTION_NAMES.includes(section)) {
      const what = isTable(content) ? `there is no section [${section}]` : `${section} stands outside of a section`;
      stranger(`${what}; ${suggestion(section, [...SECTION_NAMES, DATABASES_SECTION], "the sections are")}`);
      continue;
    }
    if (!isTable(content)) {
      stranger(`${section} is a section, not a value; write [${section}] with its settings below`);
      continue;
    }
    sections.push(section);
    const keys = keysOf(section);
    for (const [key, value] of Object.entries(content)) {
      if (keys.includes(key)) values.push({ section, key, value, source: "file" });
      else stranger(`there is no setting ${section}.${key}; ${suggestion(key, keys, "the settings are")}`, key);
    }
  }
  return { sections, values, strangers };
}

/** What variables `XQBUS_SECTION__KEY` give, converted as their settings want it. */
export function environmentLayer(env: Readonly<Record<string, string | undefined>>): Layer {
  const known = new Map<
    string,
    { readonly section: string; readonly key: string; readonly read: (text: string) => unknown }
  >();
  for (const { section, key, setting } of NAMED_SETTINGS) {
    known.set(environmentName(section, key), { section, key, read: (text) => setting.kind.fromText(text) });
    if (!setting.isSecret) continue;
    const file = `${key}${FILE_SUFFIX}`;
    known.set(environmentName(section, file), { section, key: file, read: (text) => text });
  }
  const values: GivenValue[] = [];
  const strangers: Stranger[] = [];
  for (const [variable, text] of Object.entries(env)) {
    if (text === undefined || !/^XQBUS_[A-Za-z0-9_]*__/.test(variable)) continue;
    const setting = known.get(variable);
    if (setting === undefined) {
      const message = `there is no such setting; ${suggestion(variable, known.keys(), "names are")}`;
      strangers.push({ source: "environment", path: [], variable, message });
    } else {
      const { section, key, read } = setting;
      values.push({ section, key, value: read(text), source: "environment" });
    }
  }
  return { sections: [], values, strangers };
}

function suggestion(name: string, candidates: Iterable<string>, otherwise: string): string {
  const names = [...candidates];
  const near = nearestName(name, names);
  if (near !== undefined) return `did you mean ${near}?`;
  const shown = names.slice(0, MAX_NAMES).join(", ");
  return `${otherwise} ${shown}${names.length > MAX_NAMES ? ", …" : ""}`;
}

const MAX_NAMES = 12;

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
