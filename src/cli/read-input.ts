import { open } from "node:fs/promises";
import { XqbusError } from "../errors.ts";
import { DEFAULT_XML_LIMITS } from "../xml/index.ts";
import type { Io } from "./io.ts";

/**
 * The bytes of a file, or of standard input for `-`.
 *
 * At most one byte more than an event may have is read: enough for the parser to refuse the document as too large,
 * whatever the size of the file.
 *
 * @throws XqbusError xqbus:unreadable
 */
export async function readInput(name: string, io: Io): Promise<Uint8Array> {
  const limit = DEFAULT_XML_LIMITS.maxBytes + 1;
  if (name === "-") return readAtMost(io.stdin, limit);
  try {
    await using file = await open(name);
    return await readAtMost(file.createReadStream({ end: limit - 1 }), limit);
  } catch (error) {
    throw new XqbusError("xqbus:unreadable", `cannot read ${name}: ${unreadableReason(error)}`, { cause: error });
  }
}

async function readAtMost(stream: NodeJS.ReadableStream, limit: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    chunks.push(bytes);
    size += bytes.length;
    if (size >= limit) break;
  }
  return Buffer.concat(chunks).subarray(0, limit);
}

/** Why a file could not be read, in a few words. */
export function unreadableReason(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case "ENOENT":
      return "there is no such file";
    case "EACCES":
      return "permission denied";
    case "EISDIR":
      return "it is a folder; name the files in it";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
