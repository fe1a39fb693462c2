import { access, constants, readdir, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { unreadableReason } from "../../daemon/index.ts";
import { formatBytes } from "../format-bytes.ts";
import { fail, ok, warn } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** Rights of everybody else, and of the group to write (POSIX file modes). */
const OTHERS = 0o007;
const OTHERS_AND_GROUP = 0o077;

/** The folder of a daemon: whether it can be written, and by this user only; and the room on its disk. */
export async function checkFolder(folder: string | undefined, minFreeBytes: number): Promise<readonly Finding[]> {
  if (folder === undefined) {
    return [fail("folder", "no folder is given", 'give [storage] folder = "/var/lib/xqbus", or --data DIR')];
  }
  try {
    const { mode } = await stat(folder);
    await access(folder, constants.W_OK | constants.X_OK);
    const found = [
      (mode & OTHERS_AND_GROUP) === 0
        ? ok("folder", `${folder} can be written, and by nobody else`)
        : warn("folder", `${folder} can be entered by others (mode ${octal(mode)})`, `chmod 700 ${folder}`),
    ];
    for (const name of await readdir(folder)) {
      const file = await stat(join(folder, name));
      if (file.isFile() && (file.mode & OTHERS) !== 0 && (mode & OTHERS) !== 0) {
        found.push(
          warn(
            "folder",
            `${join(folder, name)} can be used by everybody (mode ${octal(file.mode)})`,
            `chmod 600 ${join(folder, name)}`,
          ),
        );
      }
    }
    return [...found, await room(folder, minFreeBytes)];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
      return [
        fail(
          "folder",
          `${folder} cannot be used: ${unreadableReason(error)}`,
          "let the user of the daemon own it, with mode 700",
        ),
      ];
    }
  }
  return missing(folder, minFreeBytes);
}

/** It is made at the start, where the folder above is there. */
async function missing(folder: string, minFreeBytes: number): Promise<readonly Finding[]> {
  const parent = dirname(folder);
  try {
    await access(parent, constants.W_OK | constants.X_OK);
    return [ok("folder", `${folder} is made at the first start`), await room(parent, minFreeBytes)];
  } catch (error) {
    return [
      fail(
        "folder",
        `${folder} cannot be made: ${parent}: ${unreadableReason(error)}`,
        `make ${folder}, with mode 700, for the user of the daemon`,
      ),
    ];
  }
}

async function room(folder: string, minFreeBytes: number): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const detail = `${formatBytes(free)} free for ${folder}`;
  return free >= minFreeBytes
    ? ok("disk", detail)
    : warn("disk", `${detail}; expected ${formatBytes(minFreeBytes)}`, "make room, or set [storage] min_free_bytes");
}

/** Files that only some may read: keys and passwords. */
export async function checkSecretFile(file: string): Promise<Finding> {
  try {
    await access(file, constants.R_OK);
    const { mode } = await stat(file);
    if ((mode & OTHERS) === 0) return ok("secrets", `${file} is not for everybody`);
    return fail("secrets", `${file} can be read by everybody (mode ${octal(mode)})`, `chmod 600 ${file}`);
  } catch (error) {
    return fail("secrets", `${file} cannot be read: ${unreadableReason(error)}`, "let the user of the daemon read it");
  }
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8);
}
