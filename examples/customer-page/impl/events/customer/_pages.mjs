// Where the pages are. The name begins with "_": this is no tasklet.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../../pages/", import.meta.url));

export function write(guid) {
  mkdirSync(folder, { recursive: true });
  // The same page again is the same file: an event may come twice.
  writeFileSync(join(folder, `${encodeURIComponent(guid)}.html`), `<h1>Customer ${encodeURIComponent(guid)}</h1>\n`);
}

export function remove(guid) {
  rmSync(join(folder, `${encodeURIComponent(guid)}.html`), { force: true });
}
