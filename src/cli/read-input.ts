import { open } from "node:fs/promises";
import { addAbortSignal } from "node:stream";
import type { Readable } from "node:stream";
import { unreadableReason } from "../daemon/index.ts";
import { XqbusError } from "../errors.ts";
import { DEFAULT_XML_LIMITS } from "../xml/index.ts";
import type { Io } from "./io.ts";

/**
 * The bytes of a file, or of standard input for `-`; no more are read than an event may have.
 *
 * @param what it is to be, for messages
 * @throws XqbusError xqbus:unreadable, xqbus:limit-exceeded or xqbus:aborted
 */
export async function readInput(name: string, io: Io, what = "an event"): Promise<Uint8Array> {
  if (name === "-") return readAll(io.stdin, { name, what }, io.signal);
  try {
    await using file = await open(name);
    return await readAll(file.createReadStream({ end: DEFAULT_XML_LIMITS.maxBytes }), { name, what }, io.signal);
  } catch (error) {
    if (error instanceof XqbusError) throw error;
    throw new XqbusError("xqbus:unreadable", `cannot read ${name}: ${unreadableReason(error)}`, { cause: error });
  }
}

/** How messages call the input. */
export function inputName(name: string): string {
  return name === "-" ? "standard input" : name;
}

/** What is read, for messages. */
interface Wanted {
  readonly name: string;
  readonly what: string;
}

async function readAll(stream: Readable, wanted: Wanted, signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of addAbortSignal(signal, stream) as AsyncIterable<Buffer | string>) {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      chunks.push(bytes);
      size += bytes.length;
      if (size > DEFAULT_XML_LIMITS.maxBytes) throw tooLarge(wanted);
    }
  } catch (error) {
    if (signal.aborted) {
      throw new XqbusError("xqbus:aborted", `interrupted while reading ${inputName(wanted.name)}`, { cause: error });
    }
    throw error;
  }
  return Buffer.concat(chunks);
}

function tooLarge({ name, what }: Wanted): XqbusError {
  const { maxBytes } = DEFAULT_XML_LIMITS;
  return new XqbusError(
    "xqbus:limit-exceeded",
    `${inputName(name)} is too large: ${what} may have at most ${maxBytes} bytes (${maxBytes / 1024 / 1024} MiB)`,
  );
}
