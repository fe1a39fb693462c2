import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cachedFolder } from "./cached-folder.ts";

const execute = promisify(execFile);

const COPY_DEPENDENCIES = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";

/** The folder with all jars that a pom names, fetched by Maven when that was not done before; one folder per content of the pom. */
export async function mavenLibraries(name: string, pom: string, timeoutMs: number): Promise<string> {
  return cachedFolder(`${name}-${await contentHash([pom])}`, async (target) => {
    // A pom of its own in a folder of its own: Maven writes nothing into the checkout.
    await copyFile(pom, join(target, "pom.xml"));
    await runTool(
      "mvn",
      [
        "-q",
        "-B",
        "-f",
        join(target, "pom.xml"),
        COPY_DEPENDENCIES,
        "-DincludeScope=runtime",
        `-DoutputDirectory=${target}`,
      ],
      timeoutMs,
    );
  });
}

/** Twelve hexadecimal digits that change with what is in the files. */
export async function contentHash(files: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files) hash.update(await readFile(file));
  return hash.digest("hex").slice(0, 12);
}

/** Runs a tool to its end and gives what it printed; its output becomes part of the error when it fails. */
export async function runTool(program: string, args: readonly string[], timeoutMs: number): Promise<string> {
  try {
    return (await execute(program, args, { timeout: timeoutMs })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${program} failed:\n${stdout ?? ""}${stderr ?? ""}`.trimEnd(), { cause: error });
  }
}
