import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { messageOf, XqbusError } from "../errors.ts";
import type { Catalog } from "../schema/index.ts";
import { attributeValue, childElements, internName, parseXml } from "../xml/index.ts";

/** The XSD files of a catalog, to stand beside its documentation. */
export interface SchemaCopies {
  /** Bytes by path in the folder of the documentation, such as `xsd/PhoneStatus.xsd`. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** That path, encoded for a URL, by the absolute path of the file. */
  readonly pathOf: ReadonlyMap<string, string>;
}

/**
 * Reads the files of the event types, of the envelope, and all that they include and import. Places relative to one another stay as
 * they are: one directory of the catalog is `xsd`, more of them are `xsd/1`, `xsd/2`, in the order of their event types.
 *
 * @throws XqbusError `xqbus:unreadable`
 */
export async function readSchemaCopies(catalog: Catalog): Promise<SchemaCopies> {
  const { model } = catalog;
  const envelope = model.table.element(internName(model.namespace, "Event"))?.source.file;
  const events = catalog.eventNames.map((name) => catalog.describe(name).file);
  const roots = [...new Set(events.map((file) => dirname(file)))];
  const outermost = roots.filter((root) => !roots.some((other) => other !== root && isWithin(root, other)));
  const files = new Map<string, Uint8Array>();
  const pathOf = new Map<string, string>();
  const pending = [...events];
  if (envelope !== undefined && isAbsolute(envelope)) pending.push(envelope);
  for (let file = pending.shift(); file !== undefined; file = pending.shift()) {
    const path = copyPath(file, outermost) ?? (file === envelope ? ENVELOPE_PATH : undefined);
    const bytes = path === undefined || pathOf.has(file) ? undefined : await read(file);
    if (path === undefined || bytes === undefined) continue;
    files.set(path, bytes);
    pathOf.set(file, path.split("/").map(encodeURIComponent).join("/"));
    pending.push(...neededBy(file, bytes));
  }
  return { files: new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1))), pathOf };
}

/** Of an envelope that lies in no directory of event types, such as the shipped one. */
const ENVELOPE_PATH = "xsd/Event.xsd";

/** Undefined outside of the directories, where no catalog reads either. */
function copyPath(file: string, roots: readonly string[]): string | undefined {
  const index = roots.findIndex((root) => isWithin(file, root));
  const root = roots[index];
  if (root === undefined) return undefined;
  const path = relative(root, file).split(sep).join("/");
  return roots.length === 1 ? `xsd/${path}` : `xsd/${index + 1}/${path}`;
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Undefined where there is no file: the catalog works without it, as with the schema of the namespace `xml`. */
async function read(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    const reason = messageOf(error);
    throw new XqbusError("xqbus:unreadable", `cannot read ${file}: ${reason}`, { cause: error });
  }
}

function neededBy(file: string, bytes: Uint8Array): readonly string[] {
  return childElements(parseXml(bytes).documentElement)
    .filter(({ localName }) => localName === "include" || localName === "import")
    .flatMap((reference) => attributeValue(reference, "schemaLocation") ?? [])
    .flatMap((location) => decoded(location.trim()) ?? [])
    .map((location) => resolve(dirname(file), location));
}

function decoded(location: string): string | undefined {
  try {
    return decodeURIComponent(location);
  } catch {
    return undefined;
  }
}
