import type * as Router from "../../src/router/index.ts";

/** The router, compiled into dist/. */
export const router: typeof Router = (await import(
  new URL("../../dist/router/index.js", import.meta.url).href
)) as typeof Router;
