import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/** The content of a file, or why there is none. */
export type FileContent = { readonly bytes: Uint8Array } | { readonly reason: string };

/**
 * Reads a regular file of bounded size. Never waits: a pipe or device is refused, not read.
 *
 * @param maxBytes bytes that are read at most; a longer file is refused
 */
export function readFile(path: string, maxBytes: number): FileContent {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    if (!fstatSync(descriptor).isFile()) return { reason: "it is not a regular file" };
    return readAtMost(descriptor, maxBytes);
  } catch (error) {
    return { reason: describeSystemError(error) };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** What went wrong in a call of the operating system, without the path. */
export function describeSystemError(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return SYSTEM_ERRORS[code] ?? `the operating system says ${code === "" ? String(error) : code}`;
}

function readAtMost(descriptor: number, maxBytes: number): FileContent {
  const { size } = fstatSync(descriptor);
  if (size > maxBytes) return { reason: `it has ${size} bytes; at most ${maxBytes} are read (option maxSchemaBytes)` };
  // The file may grow while it is read: one byte more than expected is asked for, and refused.
  const buffer = Buffer.alloc(size + 1);
  let length = 0;
  for (;;) {
    const read = readSync(descriptor, buffer, length, buffer.length - length, null);
    length += read;
    if (read === 0) return { bytes: buffer.subarray(0, length) };
    if (length > size) return { reason: "it is being written; load the catalog again" };
  }
}

const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  EACCES: "reading it is not permitted",
  EISDIR: "it is a directory",
  ELOOP: "its symbolic links form a circle",
  ENAMETOOLONG: "its name is too long",
  ENOENT: "it does not exist",
  ENOTDIR: "it does not exist",
  EPERM: "reading it is not permitted",
};
