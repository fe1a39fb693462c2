import { join } from "node:path";
import { expect, it } from "vitest";
import { describeWith, SHARED_FOLDER, sharedFolder } from "../helpers/requirements.ts";
import { judgeXml } from "./judge-xml.ts";
import { isCase, readXmlCases, type XmlCase } from "./suite-cases.ts";

/** Whether the document holds a document type declaration, and not only its first characters in some other construct. */
function hasDoctype({ xml }: XmlCase): boolean {
  const text = Buffer.from(xml, "base64").toString("latin1").replaceAll("\0", "");
  return text.replace(/<!--.*?-->|<\?.*?\?>|<!\[CDATA\[.*?\]\]>/gs, "").includes("<!DOCTYPE");
}

describeWith([SHARED_FOLDER], "the W3C's documents for parsers", () => {
  const cases = readXmlCases(join(sharedFolder()!, "conformance", "xml")).filter((each) => isCase(each));
  const [withDoctype, without] = [cases.filter(hasDoctype), cases.filter((each) => !hasDoctype(each))];

  it("without DOCTYPE are accepted and refused as the suite says", () => {
    const others = without.flatMap((each) => {
      const result = judgeXml(each);
      if (result === undefined || result.verdict === "right") return [];
      // Where the suite says namespace="no", colons stand where a namespace-aware parser must refuse them.
      return result.verdict === "refused" && !each.namespace ? [] : [`${result.name}: ${result.message ?? ""}`];
    });
    expect(others).toEqual([]);
    expect(without.length).toBeGreaterThan(100);
  });

  it("with DOCTYPE are refused for it, unless they are not well-formed before it", () => {
    const others = withDoctype.flatMap((each) => {
      const result = judgeXml(each);
      const isFine =
        result === undefined || result.got === "refused" || (each.type === "not-wf" && result.verdict === "right");
      return isFine ? [] : [`${result.name}: ${result.message ?? ""}`];
    });
    expect(others).toEqual([]);
    expect(withDoctype.length).toBeGreaterThan(100);
  });
});
