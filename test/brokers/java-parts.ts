import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { JavaTools } from "../helpers/requirements.ts";
import { cachedFolder } from "./cached-folder.ts";

const execute = promisify(execFile);

const COPY_DEPENDENCIES = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";

/** The Java sources in a folder. */
export async function javaSources(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith(".java")).map((name) => join(folder, name));
}

/** The folder with all jars of a product, fetched with Maven as the `pom.xml` in its folder says; one per content of the pom. */
export async function javaLibraries(product: string, folder: string, timeoutMs: number): Promise<string> {
  const pom = join(folder, "pom.xml");
  return cachedFolder(`${product}-${await contentHash([pom])}`, async (target) => {
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

/** The folder with compiled Java sources of ours; one per content of the sources. */
export async function javaClasses(
  product: string,
  sources: readonly string[],
  { javac }: JavaTools,
  jars: string,
  timeoutMs: number,
): Promise<string> {
  return cachedFolder(`${product}-classes-${await contentHash(sources)}`, async (target) => {
    await runTool(
      javac,
      [
        "--release",
        "17",
        "-Xlint:all,-path,-processing",
        "-Werror",
        "-encoding",
        "UTF-8",
        "-cp",
        join(jars, "*"),
        "-d",
        target,
        ...sources,
      ],
      timeoutMs,
    );
  });
}

async function contentHash(files: readonly string[]): Promise<string> {
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
