import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** The end-to-end tests run the compiled command, so that it must be there and be made of the present sources. */
export default function setup(): void {
  const checkout = join(import.meta.dirname, "..", "scripts", "checkout.mjs");
  const { status } = spawnSync(
    process.execPath,
    ["--input-type=module", "-e", `(await import(${JSON.stringify(checkout)})).ensureBuilt()`],
    { stdio: "inherit" },
  );
  if (status !== 0) throw new Error("the sources do not compile");
}
