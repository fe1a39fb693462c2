import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { readTextFile, unreadableReason } from "../../daemon/index.ts";
import { XqbusError } from "../../errors.ts";
import { FilterError, varyLiterals } from "../../filter/index.ts";
import type { Io } from "../io.ts";
import { readInput } from "../read-input.ts";
import type { Workload } from "./workload.ts";

/** A filter of the file that is measured with. */
export interface NamedFilter {
  readonly id: string;
  readonly xquery: string;
}

/**
 * The filters of a JSON Lines file, one `{ "id", "xquery" }` a line.
 *
 * @throws XqbusError xqbus:unreadable, xqbus:illegal-argument with the line
 */
export async function readFilters(file: string): Promise<readonly NamedFilter[]> {
  const filters: NamedFilter[] = [];
  const lineOf = new Map<string, number>();
  for (const [index, line] of (await readTextFile(file)).split("\n").entries()) {
    if (line.trim() === "") continue;
    const filter = readFilter(line, `${file}, line ${index + 1}`);
    const before = lineOf.get(filter.id);
    if (before !== undefined) {
      const message = `${file}, line ${index + 1}: the id ${JSON.stringify(filter.id)} is that of line ${before}, too`;
      throw new XqbusError("xqbus:illegal-argument", message);
    }
    lineOf.set(filter.id, index + 1);
    filters.push(filter);
  }
  if (filters.length === 0) throw new XqbusError("xqbus:illegal-argument", `${file} has no filters`);
  return filters;
}

/**
 * The XML files of a folder.
 *
 * @throws XqbusError xqbus:unreadable, xqbus:limit-exceeded, xqbus:illegal-argument when there are none
 */
export async function readEvents(folder: string, io: Io): Promise<readonly Uint8Array[]> {
  let names: readonly string[];
  try {
    names = (await readdir(folder)).filter((name) => name.toLowerCase().endsWith(".xml")).sort();
  } catch (error) {
    throw new XqbusError("xqbus:unreadable", `cannot read ${folder}: ${unreadableReason(error)}`, { cause: error });
  }
  if (names.length === 0) throw new XqbusError("xqbus:illegal-argument", `${folder} has no files *.xml`);
  const events: Uint8Array[] = [];
  for (const name of names) events.push(await readInput(join(folder, name), io));
  return events;
}

/**
 * So many of the filters; where there are fewer, all of them, or again and again with other literals.
 *
 * @throws XqbusError for a filter that cannot be repeated because it is no query
 */
export function ownWorkload(
  filters: readonly NamedFilter[],
  events: readonly Uint8Array[],
  count: number,
  repeats: boolean,
): Workload {
  const size = repeats ? count : Math.min(count, filters.length);
  const taken = Array.from({ length: size }, (_, index) => {
    const { id, xquery } = filters[index % filters.length]!;
    const round = Math.floor(index / filters.length);
    return round === 0 ? { id, xquery } : { id: `${id}~${round}`, xquery: varied(id, xquery, round) };
  });
  return { filters: taken, events };
}

function varied(id: string, xquery: string, round: number): string {
  try {
    // As it would come from outside: in one piece, not as parts of other texts.
    return Buffer.from(varyLiterals(xquery, round)).toString();
  } catch (error) {
    throw error instanceof FilterError ? filterRefused(id, error) : error;
  }
}

/** The error of a filter, with its id. */
export function filterRefused(id: string, error: FilterError): XqbusError {
  return new XqbusError(error.code, `the filter ${JSON.stringify(id)}: ${error.message}`, { cause: error });
}

function readFilter(line: string, place: string): NamedFilter {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new XqbusError("xqbus:illegal-argument", `${place} is no JSON: ${(error as Error).message}`, {
      cause: error,
    });
  }
  const { id, xquery } = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  if (typeof id !== "string" || typeof xquery !== "string") {
    const message = `${place} is no filter; expected { "id": "a", "xquery": "/e:Event/e:PhoneStatus" }`;
    throw new XqbusError("xqbus:illegal-argument", message);
  }
  return { id, xquery };
}
