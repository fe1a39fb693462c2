import type { ConfigEntry } from "./config-entry.ts";
import type { ConfigProblem } from "./config-problem.ts";
import type { GivenValue, Layer } from "./layers.ts";
import { environmentName } from "./names.ts";
import type { TomlFile } from "./read-toml.ts";

/** Finds the places of what was given; the lines of a file in one go, and not before somebody asks. */
export class ConfigPlaces {
  readonly #file: TomlFile | undefined;
  readonly #paths: readonly (readonly string[])[];
  #lines: ReadonlyMap<string, number | undefined> | undefined;

  constructor(file: TomlFile | undefined, layers: readonly Layer[]) {
    this.#file = file;
    this.#paths = layers.flatMap(({ sections, values, strangers }) => [
      ...sections.map((section) => [section]),
      ...values.filter(({ source }) => source === "file").map(({ section, key }) => [section, key]),
      ...strangers.filter(({ source }) => source === "file").map(({ path }) => path),
    ]);
  }

  of(path: readonly string[], variable: string | undefined): Pick<ConfigProblem, "place" | "line"> {
    if (variable !== undefined || this.#file === undefined) return { place: variable ?? "", line: undefined };
    this.#lines ??= new Map(this.#file.linesOf(this.#paths).map((line, index) => [String(this.#paths[index]), line]));
    const line = this.#lines.get(String(path));
    return { place: line === undefined ? this.#file.name : `${this.#file.name}:${line}`, line };
  }

  ofValue({ source, section, key, option }: GivenValue): Pick<ConfigProblem, "place" | "line"> {
    return this.of([section, key], source === "environment" ? environmentName(section, key) : option);
  }

  /** Of a problem between settings: at the first of them that somebody gave. */
  together(
    { settings, message }: { readonly settings: readonly string[]; readonly message: string },
    entries: readonly ConfigEntry[],
  ): ConfigProblem {
    const named = settings.map((name) => entries.find(({ section, key }) => `${section}.${key}` === name));
    const found = named.find((entry) => entry?.place !== undefined);
    const place = found?.place ?? this.#file?.name ?? "configuration";
    const line = found?.source === "file" ? Number(/:(\d+)$/.exec(place)?.[1]) : undefined;
    return { place, line, setting: settings[0], message };
  }
}
