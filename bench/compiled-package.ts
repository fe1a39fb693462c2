import type * as Package from "xqbus";

const entry = new URL("../dist/index.js", import.meta.url).href;

/**
 * The package as its users get it: compiled by tsc into dist/.
 *
 * The name `xqbus` would give the sources, transpiled by tsx, which wraps every named function and so costs time of its own.
 * `npm run bench` compiles what has changed before it starts.
 */
export const xqbus: typeof Package = (await import(entry)) as typeof Package;
