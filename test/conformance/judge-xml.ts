import { parseXml, serializeXml, XmlSyntaxError } from "../../src/xml/index.ts";
import { plainTree } from "../xml/plain-tree.ts";
import type { XmlCase } from "./suite-cases.ts";
import type { CaseResult } from "./verdict.ts";

/** Judges a document of the XML suite; undefined where any answer is right: documents of the type `error`. */
export function judgeXml({ id, set, type, namespace, xml }: XmlCase): CaseResult | undefined {
  const bytes = Buffer.from(xml, "base64");
  const expected = type === "not-wf" ? "not well-formed" : "well-formed";
  const rest = { name: `${set}/${id}`, kind: "document" as const, expected };
  try {
    const document = parseXml(bytes);
    if (JSON.stringify(plainTree(parseXml(serializeXml(document)))) !== JSON.stringify(plainTree(document))) {
      return { ...rest, got: "another tree", verdict: "wrong", message: "the tree does not survive being written" };
    }
    if (type === "error") return undefined;
    return { ...rest, got: "well-formed", verdict: type === "not-wf" ? "wrong" : "right" };
  } catch (error) {
    if (!(error instanceof XmlSyntaxError))
      return { ...rest, got: "crashed", verdict: "wrong", message: String(error) };
    const { message, code } = error;
    if (type === "error") return undefined;
    if (code === "xqbus:doctype-refused" || code === "xqbus:limit-exceeded") {
      return { ...rest, got: "refused", verdict: "refused", message };
    }
    // Where the suite says namespace="no", colons stand where a namespace-aware parser must refuse them.
    const isNamespaceRefusal = !namespace && type !== "not-wf";
    const verdict = isNamespaceRefusal ? "refused" : type === "not-wf" ? "right" : "wrong";
    return { ...rest, got: isNamespaceRefusal ? "refused" : "not well-formed", verdict, message };
  }
}
