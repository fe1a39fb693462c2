import { isAbsolute, join, relative, resolve, sep } from "node:path";

/**
 * The path of a file as the person named its folder: `schemas/A.xsd` where `./schemas` was given. The catalog knows absolute paths;
 * those of files in none of the folders stay as they are.
 */
export function pathAsGiven(file: string, folders: readonly string[]): string {
  for (const folder of folders) {
    const path = relative(resolve(folder), file);
    if (!isAbsolute(path) && path.split(sep)[0] !== "..") return join(folder, path);
  }
  return file;
}
