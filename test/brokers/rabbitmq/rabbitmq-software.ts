import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { cachedFolder } from "../cached-folder.ts";
import { runTool } from "../java-parts.ts";

const PACKAGE = "rabbitmq-server";
/** Where Erlang's start scripts believe that it is installed. */
const INSTALLED_ERLANG = "/usr/lib/erlang";

/**
 * The packages of RabbitMQ and Erlang, fetched with apt and unpacked beside each other; one per version of RabbitMQ.
 *
 * They are not installed: that would start a service with settings of its own.
 */
export async function rabbitmqSoftware(timeoutMs: number): Promise<{ readonly root: string }> {
  const shown = await runTool("apt-cache", ["show", "--no-all-versions", PACKAGE], timeoutMs);
  const version = /^Version: ([\w.+~:-]+)$/m.exec(shown)?.[1];
  if (version === undefined) throw new Error(`apt knows no package ${PACKAGE}; run "apt-get update" first`);
  const root = await cachedFolder(`rabbitmq-${version.replaceAll(":", "_")}`, async (folder) => {
    const archives = join(folder, "archives");
    await mkdir(join(archives, "partial"), { recursive: true });
    await runTool(
      "apt-get",
      [
        ...["-qq", "install", "-y", "--download-only", "--no-install-recommends"],
        ...["-o", "Debug::NoLocking=1", "-o", `APT::Sandbox::User=${userInfo().username}`],
        ...["-o", `Dir::Cache::archives=${archives}`, PACKAGE],
      ],
      timeoutMs,
    );
    const packages = (await readdir(archives)).filter((name) => name.endsWith(".deb"));
    for (const name of packages) await runTool("dpkg-deb", ["-x", join(archives, name), folder], timeoutMs);
    await rm(archives, { recursive: true });
  });
  await placeErlang(root);
  return { root };
}

/** Erlang's start scripts carry the place of their installation; the folder got its final name only now. */
async function placeErlang(root: string): Promise<void> {
  for (const name of ["erl", "start"]) {
    const script = join(root, INSTALLED_ERLANG, "bin", name);
    if (!existsSync(script)) continue;
    const text = await readFile(script, "utf8");
    const placed = text.replace(/ROOTDIR="?[^"\n]*\/usr\/lib\/erlang"?/, `ROOTDIR="${join(root, INSTALLED_ERLANG)}"`);
    if (placed !== text) await writeFile(script, placed);
  }
}
