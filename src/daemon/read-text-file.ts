import { readFile } from "node:fs/promises";
import { messageOf, XqbusError } from "../errors.ts";

/** @throws XqbusError xqbus:unreadable */
export async function readTextFile(name: string): Promise<string> {
  try {
    return await readFile(name, "utf8");
  } catch (error) {
    throw new XqbusError("xqbus:unreadable", `cannot read ${name}: ${unreadableReason(error)}`, { cause: error });
  }
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
      return messageOf(error);
  }
}
