import { messageOf, XqbusError } from "../errors.ts";
import { nearestName } from "../nearest-name.ts";
import { keyPattern, type KeyPattern } from "./key-pattern.ts";
import { parseConfig, type ConfigEntry } from "./parse-config.ts";

/** What a `consumer.cfg` says. */
export interface ConsumerConfig {
  readonly eventKey: KeyPattern;
  /** Worker processes, 1 to 100. */
  readonly workers: number;
  /** What is in it without effect, each with file and line. */
  readonly warnings: readonly string[];
}

const SECTION = "main";
/** As configparser has them, in lower case. */
const KEY_NAMES: readonly string[] = ["event_key", "eventkey"];
const WORKERS = "workers";
const MAX_WORKERS = 100;

/**
 * Reads a `consumer.cfg`: `[main]` with `event_key` (or `eventKey`), and `workers` (1 if it is not there).
 *
 * @param file for messages
 * @throws XqbusError `xqbus:invalid-config` with file and line
 */
export function consumerConfig(text: string, file: string): ConsumerConfig {
  const fail = (line: number, problem: string): XqbusError =>
    new XqbusError("xqbus:invalid-config", `${file}:${line}: ${problem}`);
  const sections = parseConfig(text, file);
  const main = sections.get(SECTION);
  if (main === undefined) throw fail(1, `there is no section [${SECTION}]`);
  const warnings = [...sections.keys()]
    .filter((name) => name !== SECTION)
    .map((name) => `${file}: the section [${name}] has no effect; the settings are in [${SECTION}]`);
  for (const [name, { line }] of main) {
    if (KEY_NAMES.includes(name) || name === WORKERS) continue;
    const nearest = nearestName(name, [...KEY_NAMES, WORKERS]);
    const hint = nearest === undefined ? "" : ` (did you mean "${nearest}"?)`;
    warnings.push(`${file}:${line}: "${name}" has no effect${hint}; there are event_key and workers`);
  }
  const [key, second] = KEY_NAMES.flatMap((name) => main.get(name) ?? []).sort((one, other) => one.line - other.line);
  if (key === undefined) throw fail(1, `[${SECTION}] has no event_key`);
  if (second !== undefined) throw fail(second.line, `the event key is given already in line ${key.line}`);
  const workers = workersOf(main.get(WORKERS), fail);
  try {
    return Object.freeze({ eventKey: keyPattern(key.value.trim()), workers, warnings: Object.freeze(warnings) });
  } catch (error) {
    throw fail(key.line, messageOf(error));
  }
}

function workersOf(entry: ConfigEntry | undefined, fail: (line: number, problem: string) => XqbusError): number {
  if (entry === undefined) return 1;
  const workers = /^\s*\d{1,6}$/.test(entry.value) ? Number(entry.value) : 0;
  if (workers >= 1 && workers <= MAX_WORKERS) return workers;
  throw fail(entry.line, `workers must be a whole number from 1 to ${MAX_WORKERS}, got ${JSON.stringify(entry.value)}`);
}
