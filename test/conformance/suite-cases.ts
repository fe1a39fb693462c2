import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** One test group of the XML Schema suite: a schema and its instances. The fields are described beside the data. */
export interface XsdGroup {
  readonly suite: string;
  readonly set: string;
  readonly group: string;
  readonly file: string;
  readonly schema?: string;
  readonly schemaBase64?: string;
  readonly expectedSchema: "valid" | "invalid";
  /** Path relative to the schema's folder to the text. */
  readonly documents?: Readonly<Record<string, string | { readonly base64: string }>>;
  readonly status?: string;
  readonly instances: readonly XsdInstance[];
}

/** A document of a test group. */
export interface XsdInstance {
  readonly name: string;
  readonly expected: "valid" | "invalid";
  readonly xml?: string;
  readonly xmlBase64?: string;
  readonly status?: string;
}

/** A document of the XML suite. The fields are described beside the data. */
export interface XmlCase {
  readonly id: string;
  readonly set: string;
  readonly type: "valid" | "invalid" | "not-wf" | "error";
  /** False where names may contain colons freely. */
  readonly namespace: boolean;
  readonly edition?: string;
  readonly description: string;
  /** Base64. */
  readonly xml: string;
}

/** @throws Error when the folder has no such file */
export function readXsdGroups(folder: string): readonly XsdGroup[] {
  return readLines(folder, "groups.jsonl") as readonly XsdGroup[];
}

/** The cases that count: those of the fifth edition. @throws Error when the folder has no such file */
export function readXmlCases(folder: string): readonly XmlCase[] {
  const cases = readLines(folder, "cases.jsonl") as readonly XmlCase[];
  return cases.filter(({ edition }) => edition === undefined || edition.includes("5"));
}

/** The bytes of a text that is given as it is or in base64. */
export function bytesOf(text: string | undefined, base64: string | undefined): Uint8Array {
  return base64 === undefined ? Buffer.from(text ?? "", "utf8") : Buffer.from(base64, "base64");
}

/** JSON lines, compressed or not. Strings contain U+2028 and lone CR, so only LF ends a line. */
function readLines(folder: string, name: string): readonly unknown[] {
  const compressed = join(folder, `${name}.gz`);
  const isCompressed = statSync(compressed, { throwIfNoEntry: false }) !== undefined;
  const bytes = isCompressed ? gunzipSync(readFileSync(compressed)) : readFileSync(join(folder, name));
  return bytes
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line));
}
