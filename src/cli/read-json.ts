import { XqbusError } from "../errors.ts";
import type { Io } from "./io.ts";
import { inputName, readInput } from "./read-input.ts";

/** What {@link readJson} does with no text at all. */
export interface ReadJsonOptions {
  /** What it stands for; undefined: it is refused. */
  readonly emptyIs?: unknown;
}

/**
 * The JSON of a file, or of standard input for `-`.
 *
 * @throws XqbusError as {@link readInput}, and `xqbus:illegal-argument`
 */
export async function readJson(name: string, io: Io, { emptyIs }: ReadJsonOptions = {}): Promise<unknown> {
  const text = Buffer.from(await readInput(name, io, "a list of rows")).toString("utf8");
  if (emptyIs !== undefined && text.trim() === "") return emptyIs;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new XqbusError("xqbus:illegal-argument", `${inputName(name)} is not JSON; expected a list of rows`, {
      cause,
    });
  }
}
