import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { root } from "./command.ts";

const HOOKS = `export async function load(url, context, next) { process._rawDebug(url); return next(url, context); }`;
const REGISTER = `import { register } from "node:module"; register(${JSON.stringify(dataUrl(HOOKS))});`;

function dataUrl(script: string): string {
  return `data:text/javascript,${encodeURIComponent(script)}`;
}

/** The files of this package that a command line loads, below dist. */
function loadedBy(...args: readonly string[]): readonly string[] {
  const dist = join(root, "dist");
  const script = `${JSON.stringify(process.execPath)} --import '${dataUrl(REGISTER)}' dist/cli/main.js ${args.join(" ")} 2>&1`;
  const output = execFileSync("/bin/sh", ["-c", script], { cwd: root, encoding: "utf8" });
  return output
    .split("\n")
    .filter((line) => line.startsWith("file://"))
    .map((line) => relative(dist, fileURLToPath(line)));
}

it("a command that needs no daemon does not wait for the modules of daemons", () => {
  const loaded = loadedBy("--version");
  expect(loaded).toContain(join("cli", "run-cli.js"));
  const ofDaemons = ["listener", join("server", "http"), join("server", "daemon"), join("server", "api-client")];
  expect(loaded.filter((file) => ofDaemons.some((folder) => file.startsWith(`${folder}/`)))).toEqual([]);
});

it("a command for listeners loads what it needs", () => {
  const loaded = loadedBy("listener", "http", "create", "--help");
  expect(loaded).toContain(join("listener", "index.js"));
  expect(loaded.filter((file) => file.startsWith(join("server", "http")))).toEqual([]);
});

it("no import of a compiled file names a source file", () => {
  const dist = join(root, "dist");
  const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".js"));
  const wrong = files.filter((file) => /import\("[^"]*\.ts"\)/.test(readFileSync(join(dist, file), "utf8")));
  expect(wrong).toEqual([]);
});
