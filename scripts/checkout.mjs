// Brings a fresh clone into the state that the other scripts need: packages installed, sources compiled.
// Plain JavaScript with nothing but Node, because it runs before anything is installed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const INSTALL_STAMP = join(root, "node_modules", ".xqbus-installed");
const BUILD_STAMP = join(root, "dist", ".xqbus-built");

/** Runs a command in the checkout, its output on our standard error (so that standard output stays the caller's); true when it exits with 0. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2], ...options });
  if (result.error) throw result.error;
  return result.status === 0;
}

/** The entry script of an installed package's command, to be run with this very Node. */
export function bin(packageName, name) {
  const folder = join(root, "node_modules", packageName);
  const { bin: bins } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return join(folder, typeof bins === "string" ? bins : bins[name]);
}

/** `npm ci` unless the packages of this very lock file are there. No install script runs, so nothing is compiled. */
export function ensureInstalled() {
  installPackages();
  if (process.env.XQBUS_REQUIRE_ALL === "1") ensureSqlite();
}

/** Compiles better-sqlite3 where nothing may be skipped and Node has no SQLite of its own; against Node's own headers where they lie beside it. */
function ensureSqlite() {
  const binary = join(root, "node_modules", "better-sqlite3", "build", "Release", "better_sqlite3.node");
  if (process.getBuiltinModule?.("node:sqlite") !== undefined || existsSync(binary)) return;
  console.error("Compiling better-sqlite3 …");
  const prefix = dirname(dirname(process.execPath));
  const headers = existsSync(join(prefix, "include", "node", "node.h")) ? { npm_config_nodedir: prefix } : {};
  const options = { shell: process.platform === "win32", env: { ...process.env, ...headers } };
  if (!run("npm", ["rebuild", "better-sqlite3"], options))
    fail("better-sqlite3 did not compile; npm's output is above.");
}

function installPackages() {
  const wanted = hash(["package.json", "package-lock.json"].map((file) => join(root, file)));
  if (existsSync(INSTALL_STAMP) && readFileSync(INSTALL_STAMP, "utf8") === wanted) return;
  console.error("Installing packages (npm ci, no install scripts) …");
  if (!run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { shell: process.platform === "win32" })) {
    fail("npm ci failed; its output is above. Is the package registry reachable?");
  }
  writeFileSync(INSTALL_STAMP, wanted);
}

/** `tsc` into dist/ unless dist/ was built from these very sources. */
export function ensureBuilt() {
  const wanted = hashOfSources();
  if (existsSync(BUILD_STAMP) && readFileSync(BUILD_STAMP, "utf8") === wanted) return;
  console.error("Compiling TypeScript into dist/ …");
  build(wanted);
}

/** `tsc` into an empty dist/: what a source that is gone has left there goes, too. */
export function build(stamp = hashOfSources()) {
  // Beside the old one and then in its place: a test run in another shell keeps what it is using until the last moment.
  const fresh = join(root, `dist.new-${process.pid}`);
  if (!run(process.execPath, [bin("typescript", "tsc"), "-p", "tsconfig.build.json", "--outDir", fresh])) {
    rmSync(fresh, { recursive: true, force: true });
    fail("The sources do not compile; the compiler's messages are above.");
  }
  writeFileSync(join(fresh, basename(BUILD_STAMP)), stamp);
  rmSync(join(root, "dist"), { recursive: true, force: true });
  renameSync(fresh, join(root, "dist"));
}

function hashOfSources() {
  return hash([
    ...files(join(root, "src")),
    join(root, "tsconfig.json"),
    join(root, "tsconfig.build.json"),
    join(root, "package.json"),
  ]);
}

function files(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

function hash(paths) {
  const digest = createHash("sha256");
  for (const path of paths) digest.update(path.slice(root.length)).update("\0").update(readFileSync(path)).update("\0");
  return digest.digest("hex");
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
