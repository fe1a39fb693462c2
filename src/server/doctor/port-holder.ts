import { readdir, readFile, readlink } from "node:fs/promises";

/** Who listens on a port. */
export interface PortHolder {
  readonly pid: number;
  readonly program: string;
}

/** State LISTEN of proc(5), /proc/net/tcp. */
const LISTENING = "0A";

/**
 * Who listens on a TCP port of this machine, as far as the system tells it: Linux, and processes that this user may look at.
 */
export async function portHolder(port: number): Promise<PortHolder | undefined> {
  const sockets = new Set<string>();
  for (const file of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    for (const line of (await readFile(file, "latin1").catch(() => "")).split("\n").slice(1)) {
      const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
      if (state === LISTENING && parseInt(local.split(":")[1] ?? "", 16) === port) sockets.add(`socket:[${inode}]`);
    }
  }
  if (sockets.size === 0) return undefined;
  for (const pid of await readdir("/proc").catch(() => [])) {
    if (/^\d+$/.test(pid) && (await hasOneOf(pid, sockets))) {
      const program = (await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "?")).trim();
      return { pid: Number(pid), program };
    }
  }
  return undefined;
}

async function hasOneOf(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  for (const name of await readdir(folder).catch(() => [])) {
    if (sockets.has(await readlink(`${folder}/${name}`).catch(() => ""))) return true;
  }
  return false;
}
