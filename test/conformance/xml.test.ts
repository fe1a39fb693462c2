import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { parseXml, serializeXml, XmlSyntaxError } from "../../src/xml/index.ts";
import { describeWith, SHARED_FOLDER, sharedFolder } from "../helpers/requirements.ts";
import { plainTree } from "../xml/plain-tree.ts";

/** A document of the W3C's test suite; the fields are described beside the data. */
interface Case {
  readonly id: string;
  readonly type: "valid" | "invalid" | "not-wf" | "error";
  readonly namespace: boolean;
  readonly edition?: string;
  readonly description: string;
  /** Base64. */
  readonly xml: string;
}

/** What a parser without DTD can get wrong about a document; nothing when it is right. */
function judge({ type, namespace, xml }: Case): string | undefined {
  const bytes = Buffer.from(xml, "base64");
  const error = errorOf(bytes);
  if (hasDoctype(bytes)) {
    if (error === undefined) return "accepts a DOCTYPE";
    if (type === "not-wf" || type === "error" || error.code === "xqbus:doctype-refused") return undefined;
    return `has the wrong reason: ${error.message}`;
  }
  if (type === "error") return undefined;
  if (type === "not-wf") return error === undefined ? "is accepted and not well-formed" : undefined;
  // Where the suite says namespace="no", colons stand where a namespace-aware parser must refuse them.
  if (error !== undefined && namespace) return `is well-formed and refused: ${error.message}`;
  return undefined;
}

function errorOf(bytes: Buffer): XmlSyntaxError | undefined {
  try {
    const document = parseXml(bytes);
    expect(plainTree(parseXml(serializeXml(document)))).toEqual(plainTree(document));
    return undefined;
  } catch (error) {
    if (error instanceof XmlSyntaxError) return error;
    throw error;
  }
}

/** Whether the bytes hold a document type declaration, and not only its first characters in some other construct. */
function hasDoctype(bytes: Buffer): boolean {
  const text = bytes.toString("latin1").replaceAll("\0", "");
  return text.replace(/<!--.*?-->|<\?.*?\?>|<!\[CDATA\[.*?\]\]>/gs, "").includes("<!DOCTYPE");
}

describeWith([SHARED_FOLDER], "the W3C's documents for parsers", () => {
  const file = join(sharedFolder()!, "conformance", "xml", "cases.jsonl.gz");
  const cases = gunzipSync(readFileSync(file))
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Case)
    .filter(({ edition }) => edition === undefined || edition.includes("5"));

  it.each([
    { kind: "without DOCTYPE are accepted and refused as the suite says", doctype: false },
    { kind: "with DOCTYPE are refused for it", doctype: true },
  ])("$kind", ({ doctype }) => {
    const chosen = cases.filter(({ xml }) => hasDoctype(Buffer.from(xml, "base64")) === doctype);
    const wrong = chosen.flatMap((one) => {
      const verdict = judge(one);
      return verdict === undefined ? [] : [`${one.id} ${verdict} (${one.description})`];
    });
    expect(wrong).toEqual([]);
    expect(chosen.length).toBeGreaterThan(100);
  });
});
