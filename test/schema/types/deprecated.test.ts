import { describe, expect, it } from "vitest";
import { catalogWith, xsd } from "../harness.ts";

const DEPRECATED = `<xs:annotation><xs:documentation>Old.</xs:documentation><xs:appinfo><x:deprecated xmlns:x="urn:xqbus">use New</x:deprecated></xs:appinfo></xs:annotation>`;

describe("what is annotated as deprecated", () => {
  it("has the tag that editors know: event types, types and fields", async () => {
    const catalog = await catalogWith({
      "A.xsd": xsd(
        `<xs:element name="A" type="e:T">${DEPRECATED}</xs:element><xs:complexType name="T">${DEPRECATED}<xs:sequence>` +
          `<xs:element name="Field" type="xs:string">${DEPRECATED}</xs:element></xs:sequence></xs:complexType>`,
      ),
    });
    const declarations = catalog.declareTypes();
    const comment = (indent: string): string =>
      `${indent}/**\n${indent} * Old.\n${indent} *\n${indent} * @deprecated use New\n${indent} */\n`;
    expect(declarations).toContain(`${comment("")}export interface T {\n`);
    expect(declarations).toContain(`${comment("  ")}  readonly Field: string;\n`);
    expect(declarations).toContain(`${comment("    ")}    readonly A: T;\n`);
  });
});
