import { open, rename, rm } from "node:fs/promises";
import { messageOf, XqbusError } from "../errors.ts";

/** Bytes of a file of users or rules; some 50,000 users. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * The value in a file of JSON.
 *
 * @throws XqbusError `xqbus:unreadable`; its `cause` has the code of the file system where the file could not be read
 */
export async function readJsonFile(file: string): Promise<unknown> {
  let text: string;
  try {
    await using handle = await open(file);
    const { size } = await handle.stat();
    if (size > MAX_BYTES) throw new XqbusError("xqbus:limit-exceeded", `it has more than ${MAX_BYTES} bytes`);
    text = await handle.readFile("utf8");
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : messageOf(error);
    throw new XqbusError("xqbus:unreadable", `cannot read ${file}: ${reason}`, { cause: error });
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // The text is not repeated: it may hold what nobody should read.
    throw new XqbusError("xqbus:unreadable", `${file} is not JSON`, { cause: error });
  }
}

/**
 * Puts a value in place of what a file has, as a whole or not at all; only the owner can read it. Makes the file where it is
 * missing. `change` is called while no other process does the same.
 *
 * @throws XqbusError `xqbus:unreadable`; whatever `change` throws, and then the file stays as it was
 */
export async function replaceJsonFile(file: string, change: () => Promise<unknown>): Promise<void> {
  const draft = `${file}.new`;
  try {
    await using handle = await open(draft, "wx", 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(await change(), undefined, 2)}\n`);
      await handle.sync();
      await rename(draft, file);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  } catch (error) {
    if (error instanceof XqbusError) throw error;
    const isTaken = (error as NodeJS.ErrnoException).code === "EEXIST";
    const reason = isTaken ? `another process writes it (if none does, remove ${draft})` : messageOf(error);
    throw new XqbusError("xqbus:unreadable", `cannot write ${file}: ${reason}`, { cause: error });
  }
}
