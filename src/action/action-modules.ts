import { existsSync, realpathSync } from "node:fs";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { XqbusError } from "../errors.ts";

/** Modules that come with the package, by their names. */
const SHIPPED: Readonly<Record<string, string>> = { "xqbus:event_handle": "shipped/event-handle.js" };
const SHIPPED_PREFIX = "xqbus:";

/**
 * The file of a module: below the folder of actions, also where a link leads; or one that is shipped (`xqbus:event_handle`).
 *
 * @throws XqbusError `xqbus:illegal-argument` that says what would be right
 */
export function actionModule(module: string, folder: string): string {
  if (module.startsWith(SHIPPED_PREFIX)) return shippedModule(module);
  const path = resolve(folder, module);
  if (!/\.(?:[mc]?js|[mc]?ts)$/.test(module)) {
    throw illegal(`the module "${module}" must be a file of JavaScript (.js, .mjs, .cjs) or TypeScript (.ts)`);
  }
  if (isAbsolute(module) || !isBelow(path, folder)) {
    throw illegal(`the module "${module}" must be a path below ${folder} ([action] folder)`);
  }
  if (!existsSync(path)) throw illegal(`there is no module "${module}" in ${folder} ([action] folder)`);
  if (!isBelow(realpathSync(path), realpathSync(folder))) {
    throw illegal(`the module "${module}" leads out of ${folder} ([action] folder)`);
  }
  return path;
}

function shippedModule(module: string): string {
  const file = Object.hasOwn(SHIPPED, module) ? SHIPPED[module] : undefined;
  if (file !== undefined) return distPath(file);
  throw illegal(`no module "${module}" is shipped; there is ${Object.keys(SHIPPED).join(", ")}`);
}

/** Worker processes load compiled files only; tests run the sources as they are, with a build beside them. */
export function distPath(file: string): string {
  const base = import.meta.url.endsWith(".ts") ? "../../dist/action/" : "./";
  return fileURLToPath(new URL(`${base}${file}`, import.meta.url));
}

function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function illegal(message: string): XqbusError {
  return new XqbusError("xqbus:illegal-argument", message);
}
