import { open } from "node:fs/promises";
import { addAbortSignal } from "node:stream";
import type { Readable } from "node:stream";
import { XqbusError } from "../errors.ts";
import { DEFAULT_XML_LIMITS } from "../xml/index.ts";
import type { Io } from "./io.ts";

/**
 * The bytes of a file, or of standard input for `-`; no more are read than an event may have.
 *
 * @throws XqbusError xqbus:unreadable, xqbus:limit-exceeded or xqbus:aborted
 */
export async function readInput(name: string, io: Io): Promise<Uint8Array> {
  if (name === "-") return readAll(io.stdin, name, io.signal);
  try {
    await using file = await open(name);
    return await readAll(file.createReadStream({ end: DEFAULT_XML_LIMITS.maxBytes }), name, io.signal);
  } catch (error) {
    if (error instanceof XqbusError) throw error;
    throw new XqbusError("xqbus:unreadable", `cannot read ${name}: ${unreadableReason(error)}`, { cause: error });
  }
}

/** How messages call the input. */
export function inputName(name: string): string {
  return name === "-" ? "standard input" : name;
}

async function readAll(stream: Readable, name: string, signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of addAbortSignal(signal, stream) as AsyncIterable<Buffer | string>) {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      chunks.push(bytes);
      size += bytes.length;
      if (size > DEFAULT_XML_LIMITS.maxBytes) throw tooLarge(name);
    }
  } catch (error) {
    if (signal.aborted) {
      throw new XqbusError("xqbus:aborted", `interrupted while reading ${inputName(name)}`, { cause: error });
    }
    throw error;
  }
  return Buffer.concat(chunks);
}

function tooLarge(name: string): XqbusError {
  const { maxBytes } = DEFAULT_XML_LIMITS;
  return new XqbusError(
    "xqbus:limit-exceeded",
    `${inputName(name)} is too large: an event may have at most ${maxBytes} bytes (${maxBytes / 1024 / 1024} MiB)`,
  );
}

/** Why a file could not be read, in a few words. */
export function unreadableReason(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case "ENOENT":
      return "there is no such file or folder";
    case "ENOTDIR":
      return "a part of the path is not a folder";
    case "EACCES":
      return "permission denied";
    case "EISDIR":
      return "it is a folder; name the files in it";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
