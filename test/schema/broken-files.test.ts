import { createServer } from "node:http";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadCatalog } from "../../src/schema/index.ts";
import { catalogOf, event, eventXsd, folderWith, relativeProblems, xsd } from "./harness.ts";

interface Row {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** `file:line: message`, paths relative to the folder. */
  readonly problems: readonly string[];
  /** Event types that are left besides Good; none unless given. */
  readonly left?: readonly string[];
}

const DECLARES_TYPE = `<xs:complexType name="Call"/>`;
const NOT_SUPPORTED = "belongs to XML Schema 1.1, which is not supported; use XML Schema 1.0";

const ROWS: readonly Row[] = [
  {
    name: "that is not well-formed",
    files: { "A.xsd": xsd("</xs:element>") },
    problems: [`A.xsd:2: element "xs:schema" is closed by "</xs:element>"; expected "</xs:schema>"`],
  },
  {
    name: "that has a DOCTYPE",
    files: { "A.xsd": `<!DOCTYPE schema SYSTEM "http://localhost/x.dtd">\n${eventXsd("A")}` },
    problems: [expect.stringMatching(/^A\.xsd:1: .*DOCTYPE/)],
  },
  {
    name: "that is no schema",
    files: { "A.xsd": "<html/>" },
    problems: [
      `A.xsd:1: the root element is "html" in no namespace; expected schema in "http://www.w3.org/2001/XMLSchema"`,
    ],
  },
  {
    name: "that is empty",
    files: { "A.xsd": "" },
    problems: [expect.stringMatching(/^A\.xsd:1: /)],
  },
  {
    name: "with an unknown type",
    files: { "A.xsd": xsd(`<xs:element name="A" type="e:Devise"/>\n<xs:complexType name="Device"/>`) },
    problems: [`A.xsd:2: the type "e:Devise" is not declared (did you mean "e:Device"?)`],
  },
  {
    name: "with a built-in type that lacks its prefix",
    files: {
      "A.xsd": xsd(`<xs:element name="A"><xs:simpleType><xs:restriction base="string"/></xs:simpleType></xs:element>`),
    },
    problems: [`A.xsd:2: the type "string" is not declared (did you mean "xs:string"?)`],
  },
  {
    name: "with a misspelt built-in type",
    files: { "A.xsd": eventXsd("A", `\n<xs:element name="Id" type="xs:strin"/>`) },
    problems: [`A.xsd:4: the type "xs:strin" is not declared (did you mean "xs:string"?)`],
  },
  {
    name: "with a built-in type of XML Schema 1.1",
    files: { "A.xsd": eventXsd("A", `<xs:element name="Id" type="xs:dateTimeStamp"/>`) },
    problems: [`A.xsd:3: the type xs:dateTimeStamp ${NOT_SUPPORTED}`],
  },
  {
    name: "with a prefix that is not declared",
    files: { "A.xsd": eventXsd("A", `<xs:element name="Id" type="xsd:string"/>`) },
    problems: [`A.xsd:3: the prefix "xsd" of "xsd:string" is not declared; add xmlns:xsd="…"`],
  },
  {
    name: "with an unknown element, group, attribute and attribute group",
    files: {
      "A.xsd": xsd(
        `<xs:element name="A"><xs:complexType><xs:sequence>\n<xs:element ref="e:B"/>\n<xs:group ref="e:G"/>\n</xs:sequence>\n` +
          `<xs:attribute ref="e:a"/>\n<xs:attributeGroup ref="e:g"/></xs:complexType></xs:element>`,
      ),
    },
    problems: [
      `A.xsd:3: the element "e:B" is not declared`,
      `A.xsd:4: the group "e:G" is not declared`,
      `A.xsd:6: the attribute "e:a" is not declared`,
      `A.xsd:7: the attributeGroup "e:g" is not declared`,
    ],
  },
  {
    name: "that declares a type another one has",
    files: {
      "A.xsd": xsd(`<xs:element name="A" type="e:Call"/>\n${DECLARES_TYPE}`),
      "B.xsd": xsd(`<xs:element name="B" type="e:Call"/>\n\n${DECLARES_TYPE}`),
    },
    problems: [
      `B.xsd:4: the type "Call" is already declared in A.xsd:3; names are unique over all files of a namespace`,
    ],
    left: ["A"],
  },
  {
    name: "that declares an element twice",
    files: { "A.xsd": xsd(`<xs:element name="A"/>\n<xs:element name="A"/>`) },
    problems: [
      `A.xsd:3: the element "A" is already declared in A.xsd:2; names are unique over all files of a namespace`,
    ],
  },
  {
    name: "that includes a file that is not there",
    files: { "A.xsd": xsd(`<xs:include schemaLocation="types/Nope.xsd"/>`) },
    problems: [`A.xsd:2: includes "types/Nope.xsd", which is refused: it does not exist`],
  },
  {
    name: "that imports a file that is not there, even if it uses nothing of it",
    files: { "A.xsd": xsd(`<xs:import namespace="urn:x" schemaLocation="Nope.xsd"/><xs:element name="A"/>`) },
    problems: [`A.xsd:2: imports "Nope.xsd", which is refused: it does not exist`],
  },
  {
    name: "that includes without saying what",
    files: { "A.xsd": xsd(`<xs:include/>`) },
    problems: ["A.xsd:2: xs:include has no schemaLocation; name the file to include"],
  },
  {
    name: "that includes a file of another namespace",
    files: { "A.xsd": xsd(`<xs:include schemaLocation="x/X.xsd"/>`), "x/X.xsd": xsd("", "urn:x") },
    problems: [
      `A.xsd:2: includes "x/X.xsd", whose target namespace is "urn:x" and not "http://www.gonicus.de/Events"; ` +
        "use xs:import for another namespace",
    ],
  },
  {
    name: "that imports a file under the wrong namespace",
    files: {
      "A.xsd": xsd(`<xs:import namespace="urn:y" schemaLocation="x/X.xsd"/>`),
      "x/X.xsd": xsd("", "urn:x"),
    },
    problems: [`A.xsd:2: imports "x/X.xsd" for the namespace "urn:y", but its target namespace is "urn:x"`],
  },
  {
    name: "that imports its own namespace",
    files: { "A.xsd": xsd(`<xs:import namespace="http://www.gonicus.de/Events"/>`) },
    problems: [
      `A.xsd:2: imports its own namespace "http://www.gonicus.de/Events"; use xs:include for files of the same namespace`,
    ],
  },
  {
    name: "that uses a namespace it does not import",
    files: {
      "A.xsd": xsd(`<xs:element name="A" type="x:T" xmlns:x="urn:x"/>`),
      "X.xsd": xsd(`<xs:simpleType name="T"><xs:restriction base="xs:string"/></xs:simpleType>`, "urn:x"),
    },
    problems: [`A.xsd:2: "x:T" is in the namespace "urn:x", which this file does not import; add xs:import`],
  },
  {
    name: "that uses what an imported namespace does not have",
    files: {
      "A.xsd": xsd(
        `<xs:import namespace="urn:x" schemaLocation="X.xsd"/>\n<xs:element name="A" type="x:Devise" xmlns:x="urn:x"/>`,
      ),
      "X.xsd": xsd(`<xs:complexType name="Device"/>`, "urn:x"),
    },
    problems: [`A.xsd:3: the type "x:Devise" is not declared (did you mean "x:Device"?)`],
  },
  {
    name: "that needs a broken file, directly or not",
    files: {
      "A.xsd": `${xsd(`<xs:include schemaLocation="B.xsd"/><xs:element name="A"/>`)}`,
      "B.xsd": `${xsd(`\n<xs:include schemaLocation="C.xsd"/><xs:element name="B"/>`)}`,
      "C.xsd": xsd(`<xs:element name="C" type="e:Nope"/>`),
      "D.xsd": xsd(`<xs:element name="D"/>`),
    },
    problems: [
      `C.xsd:2: the type "e:Nope" is not declared`,
      "B.xsd:3: includes C.xsd, which cannot be used",
      "A.xsd:2: includes B.xsd, which cannot be used",
    ],
    left: ["D"],
  },
  {
    name: "that includes a file that is not well-formed",
    files: { "A.xsd": xsd(`<xs:include schemaLocation="t/T.xsd"/>`), "t/T.xsd": "<" },
    problems: [expect.stringMatching(/^t\/T\.xsd:1: /), `A.xsd:2: includes "t/T.xsd", which cannot be used`],
  },
  {
    name: "with types that are derived from each other",
    files: {
      "A.xsd": xsd(
        `<xs:complexType name="X"><xs:complexContent><xs:extension base="e:Y"/></xs:complexContent></xs:complexType>\n` +
          `<xs:complexType name="Y"><xs:complexContent><xs:extension base="e:X"/></xs:complexContent></xs:complexType>`,
      ),
    },
    problems: [
      `A.xsd:2: "X" is defined through itself, or through more than 100 steps`,
      `A.xsd:3: "Y" is defined through itself, or through more than 100 steps`,
    ],
  },
  {
    name: "with a group inside itself",
    files: {
      "A.xsd": xsd(`<xs:group name="G"><xs:sequence><xs:group ref="e:G" minOccurs="0"/></xs:sequence></xs:group>`),
    },
    problems: [`A.xsd:2: "G" is defined through itself, or through more than 100 steps`],
  },
  {
    name: "with groups that double at each of 40 levels",
    files: {
      "A.xsd": xsd(
        Array.from({ length: 40 }, (_, i) => {
          const inner = i === 0 ? "" : `<xs:group ref="e:G${i - 1}"/>`.repeat(2);
          return `<xs:group name="G${i}"><xs:sequence>${inner}</xs:sequence></xs:group>`;
        }).join("\n"),
      ),
    },
    problems: Array.from(
      { length: 27 },
      (_, i) => `A.xsd:${i + 15}: "G${i + 13}" is defined through itself, or through more than 10000 other definitions`,
    ),
  },
  {
    name: "with an ambiguous content model",
    files: {
      "A.xsd": eventXsd("A", `\n<xs:element name="Id" minOccurs="0"/><xs:element name="Id"/>`),
    },
    problems: [
      `A.xsd:3: complex type "A": its content model is ambiguous: an element in a document could be more than one of those declared (such as an optional x before another x); give them other names, or use minOccurs and maxOccurs of one of them`,
    ],
  },
  {
    name: "with a misspelt attribute",
    files: { "A.xsd": xsd(`<xs:element name="A" tpye="xs:string"/>`) },
    problems: [`A.xsd:2: xs:element: the attribute "tpye" is not allowed there (did you mean "type"?)`],
  },
  {
    name: "with an element where XML Schema has none",
    files: {
      "A.xsd": xsd(`<xs:element name="A"><xs:simpleType><xs:element name="B"/></xs:simpleType></xs:element>`),
    },
    problems: [
      `A.xsd:2: xs:simpleType: its children are not those that XML Schema allows there: expected (annotation?, (restriction | list | union))`,
    ],
  },
  {
    name: "with a pattern that is no regular expression",
    files: {
      "A.xsd": xsd(
        `<xs:simpleType name="T">\n<xs:restriction base="xs:string"><xs:pattern value="(("/></xs:restriction></xs:simpleType>`,
      ),
    },
    problems: [
      `A.xsd:3: the pattern "((" cannot be used: "(" is not closed; write "\\(" for the character (character 2)`,
    ],
  },
  {
    name: "with facets that contradict each other, for which the engine names no file",
    files: {
      "A.xsd": eventXsd("A", `<xs:element name="T" type="e:Range"/>`),
      "B.xsd": eventXsd("B"),
      "C.xsd": eventXsd("C"),
      "Range.xsd": xsd(
        `<xs:simpleType name="Range"><xs:restriction base="xs:int"><xs:minInclusive value="9"/><xs:maxInclusive value="3"/></xs:restriction></xs:simpleType>`,
      ),
    },
    problems: [
      `Range.xsd:1: facet "maxInclusive": "maxInclusive" has to be greater than or equal to "minInclusive"`,
      `A.xsd:3: the type "e:Range" is not declared`,
    ],
    left: ["B", "C"],
  },
  {
    name: "without a name for a global element",
    files: { "A.xsd": xsd(`<xs:element nmae="A"/>`) },
    problems: [`A.xsd:2: xs:element: The attribute "name" is required but missing`],
  },
  {
    name: "with xs:assert",
    files: { "A.xsd": xsd(`<xs:complexType name="A">\n<xs:assert test="1"/></xs:complexType>`) },
    problems: [`A.xsd:3: xs:assert ${NOT_SUPPORTED}`],
  },
  {
    name: "with vc:minVersion",
    files: {
      "A.xsd": xsd(`<xs:element name="A" vc:minVersion="1.1" xmlns:vc="http://www.w3.org/2007/XMLSchema-versioning"/>`),
    },
    problems: [`A.xsd:2: vc:minVersion ${NOT_SUPPORTED}`],
  },
  {
    name: "with xs:override",
    files: { "A.xsd": xsd(`<xs:override schemaLocation="B.xsd"/>`) },
    problems: [`A.xsd:2: xs:override ${NOT_SUPPORTED}`],
  },
  {
    name: "with xs:openContent, xs:alternative and xs:any inside xs:all",
    files: {
      "A.xsd": xsd(
        `<xs:complexType name="A">\n<xs:openContent/>\n<xs:all>\n<xs:any/>\n<xs:element name="x">\n<xs:alternative/></xs:element></xs:all></xs:complexType>`,
      ),
    },
    problems: [
      `A.xsd:3: xs:openContent ${NOT_SUPPORTED}`,
      `A.xsd:5: xs:any inside xs:all ${NOT_SUPPORTED}`,
      `A.xsd:7: xs:alternative ${NOT_SUPPORTED}`,
    ],
  },
  {
    name: "with an attribute of XML Schema 1.1",
    files: { "A.xsd": xsd(`<xs:complexType name="A" defaultAttributesApply="false"/>`) },
    problems: [`A.xsd:2: the attribute defaultAttributesApply of xs:complexType ${NOT_SUPPORTED}`],
  },
  {
    name: "with misspelt elements of XML Schema",
    files: {
      "A.xsd": xsd(
        `<xs:elment name="A"/>\n<xs:complexType name="B"><xs:sequenze/>\n<xs:attribut name="c"/></xs:complexType><xs:gibberish/>`,
      ),
    },
    problems: [
      `A.xsd:2: "xs:elment" is no element of XML Schema (did you mean "xs:element"?)`,
      `A.xsd:3: "xs:sequenze" is no element of XML Schema (did you mean "xs:sequence"?)`,
      `A.xsd:4: "xs:attribut" is no element of XML Schema (did you mean "xs:attribute"?)`,
      `A.xsd:4: "xs:gibberish" is no element of XML Schema`,
    ],
  },
  {
    name: "that redefines a file that is not there",
    files: { "A.xsd": xsd(`<xs:redefine schemaLocation="Absent.xsd"/>`) },
    problems: [expect.stringMatching(/^A\.xsd:2: redefines "Absent\.xsd", which is refused: /)],
  },
  {
    name: "that redefines what the other file does not declare",
    files: {
      "A.xsd": xsd(
        `<xs:redefine schemaLocation="sub/B.xsd">\n<xs:group name="Call"><xs:sequence/></xs:group></xs:redefine>`,
      ),
      "sub/B.xsd": xsd(DECLARES_TYPE),
    },
    problems: [`A.xsd:3: redefines the xs:group "Call", which the redefined file does not declare`],
  },
  {
    name: "that redefines a type as another one",
    files: {
      "A.xsd": xsd(`<xs:redefine schemaLocation="sub/B.xsd">\n${DECLARES_TYPE}</xs:redefine>`),
      "sub/B.xsd": xsd(DECLARES_TYPE),
    },
    problems: [`A.xsd:3: the type "Call" must be derived from itself in xs:redefine`],
  },
  {
    name: "that redefines itself",
    files: { "A.xsd": xsd(`<xs:redefine schemaLocation="A.xsd"/>`) },
    problems: ["A.xsd:2: xs:redefine leads back to its own file"],
  },
  {
    name: "of XML Schema itself",
    files: { "A.xsd": xsd("", "http://www.w3.org/2001/XMLSchema") },
    problems: ["A.xsd:1: the target namespace is that of XML Schema itself; choose a namespace of your own"],
  },
  {
    name: "Event.xsd without a place for the events",
    files: { "Event.xsd": xsd(`<xs:element name="Event"/>`) },
    problems: [
      `Event.xsd:1: the envelope has no place for the events; put <xs:any namespace="##targetNamespace"/> ` +
        "where the event goes in the type of Event",
    ],
  },
  {
    name: "Event.xsd without the element Event",
    files: { "Event.xsd": xsd(`<xs:element name="Evnt"/>`) },
    problems: [`Event.xsd:1: the envelope declares no element "Event"`],
  },
  {
    name: "that declares the type of the envelope",
    files: { "A.xsd": xsd(`<xs:element name="A"/><xs:complexType name="Event"/>`) },
    problems: [expect.stringMatching(/^A\.xsd:2: the type "Event" is already declared in .*Event\.xsd:/)],
  },
];

describe("a schema file", () => {
  it.each(ROWS)("$name is reported and does not take the others down", async ({ files, problems, left = [] }) => {
    const folder = folderWith({ ...files, "Good.xsd": eventXsd("Good") });
    const catalog = await catalogOf(folder);
    expect(relativeProblems(catalog.problems, folder)).toEqual(problems);
    expect(catalog.eventNames).toEqual([...left, "Good"]);
    expect(catalog.validate(event("<Good><Id>1</Id></Good>"))).toEqual([]);
    expect(catalog.validate(event("<Good/>"))).toMatchObject([{ code: "cvc-complex-type.2.4" }]);
  });
});

describe("a schema file that refers outside of its directory", () => {
  const outside = folderWith({ "schemas/.keep": "", "Secret.xsd": eventXsd("Secret") });
  const inside = join(outside, "schemas");

  it.each([
    ["../Secret.xsd", "it lies outside of the catalog's directories"],
    ["x/../../Secret.xsd", "it lies outside of the catalog's directories"],
    ["%2e%2e/Secret.xsd", "it lies outside of the catalog's directories"],
    ["..%2FSecret.xsd", "it lies outside of the catalog's directories"],
    ["link/Secret.xsd", "it lies outside of the catalog's directories"],
    ["/etc/passwd", "only relative paths of files are allowed here; nothing is ever fetched"],
    ["//localhost/Secret.xsd", "only relative paths of files are allowed here; nothing is ever fetched"],
    ["file:///etc/passwd", "only relative paths of files are allowed here; nothing is ever fetched"],
    ["mem:/unit-0.xsd", "only relative paths of files are allowed here; nothing is ever fetched"],
    ["..\\Secret.xsd", "only relative paths of files are allowed here; nothing is ever fetched"],
    ["Good.xsd?x", "only relative paths of files are allowed here; nothing is ever fetched"],
    ["Good.xsd%00", "only relative paths of files are allowed here; nothing is ever fetched"],
    ["%", "only relative paths of files are allowed here; nothing is ever fetched"],
    ["", "only relative paths of files are allowed here; nothing is ever fetched"],
  ])("with %j is refused", async (location, reason) => {
    writeFileSync(join(inside, "A.xsd"), xsd(`<xs:include schemaLocation="${location}"/><xs:element name="A"/>`));
    writeFileSync(join(inside, "Good.xsd"), eventXsd("Good"));
    if (location.startsWith("link")) symlinkSync(outside, join(inside, "link"));
    const catalog = await catalogOf(inside);
    expect(relativeProblems(catalog.problems, inside)).toEqual([
      `A.xsd:2: includes "${location}", which is refused: ${reason}`,
    ]);
    expect(catalog.eventNames).toEqual(["Good"]);
  });

  it("as a symbolic link is refused, unless the link leads to another of its directories", async () => {
    const folder = folderWith({ "a/Good.xsd": eventXsd("Good"), "b/Other.xsd": eventXsd("Other") });
    symlinkSync(join(outside, "Secret.xsd"), join(folder, "a/Secret.xsd"));
    symlinkSync(join(folder, "a/Good.xsd"), join(folder, "b/Linked.xsd"));
    const catalog = await loadCatalog({ directories: [join(folder, "a"), join(folder, "b")] });
    expect(relativeProblems(catalog.problems, folder)).toEqual([
      "a/Secret.xsd:1: the file cannot be used: it is a link out of the catalog's directories",
    ]);
    expect(catalog.eventNames).toEqual(["Good", "Other"]);
    catalog.close();
  });

  it("over the network makes no request", async () => {
    let requests = 0;
    const server = createServer((_, response) => {
      requests++;
      response.end(eventXsd("Remote"));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/Remote.xsd`;
    const folder = folderWith({
      "A.xsd": xsd(`<xs:include schemaLocation="${url}"/>`),
      "B.xsd": xsd(`<xs:import namespace="urn:x" schemaLocation="${url}"/>`),
      "C.xsd": eventXsd("C"),
    });
    const catalog = await catalogOf(folder);
    const refused = "which is refused: only relative paths of files are allowed here; nothing is ever fetched";
    expect(relativeProblems(catalog.problems, folder)).toEqual([
      `A.xsd:2: includes "${url}", ${refused}`,
      `B.xsd:2: imports "${url}", ${refused}`,
    ]);
    const document = event(`<C xsi:schemaLocation="urn:x ${url}"><Id/></C>`);
    expect(catalog.validate(document)).toEqual([]);
    expect(requests).toBe(0);
    await new Promise((resolve) => server.close(resolve));
  });
});

describe("a schema directory", () => {
  it("that does not exist is an error that names it", async () => {
    const folder = folderWith({ "A.xsd": eventXsd("A") });
    const missing = join(folder, "nope");
    await expect(loadCatalog({ directories: [folder, missing] })).rejects.toMatchObject({
      code: "xqbus:unreadable",
      message: `the schema directory "${missing}" cannot be read: it does not exist; give directories that hold XSD files`,
    });
  });

  it("that is a file is an error that names it", async () => {
    const file = join(folderWith({ "A.xsd": eventXsd("A") }), "A.xsd");
    await expect(loadCatalog({ directories: [file] })).rejects.toMatchObject({
      code: "xqbus:unreadable",
      message: expect.stringContaining(file) as string,
    });
  });

  it("without files makes a catalog without event types", async () => {
    const catalog = await catalogOf(folderWith({}));
    expect(catalog.eventNames).toEqual([]);
    expect(catalog.problems).toEqual([]);
    expect(catalog.validate(event(""))).toMatchObject([{ message: "Event is empty; expected exactly one event" }]);
    expect(catalog.validate(event("<A/>"))).toMatchObject([
      { message: `element "A" is not an event type of this catalog` },
    ]);
  });

  it("with a file that is too large leaves that file out", async () => {
    const folder = folderWith({ "Huge.xsd": eventXsd("Huge") + " ".repeat(5000), "Good.xsd": eventXsd("Good") });
    const catalog = await catalogOf(folder, { maxSchemaBytes: 5000 });
    expect(relativeProblems(catalog.problems, folder)).toEqual([
      expect.stringMatching(
        /^Huge\.xsd:1: the file cannot be used: it has \d+ bytes; at most 5000 are read \(option maxSchemaBytes\)$/,
      ),
    ]);
    expect(catalog.eventNames).toEqual(["Good"]);
  });

  it.each([
    ["maxSchemaFiles", 1, "files"],
    ["maxTotalSchemaBytes", 500, "bytes"],
  ] as const)("with more than %s is an error", async (option, limit, unit) => {
    const folder = folderWith({ "A.xsd": eventXsd("A"), "B.xsd": eventXsd("B") });
    await expect(loadCatalog({ directories: [folder], [option]: limit })).rejects.toMatchObject({
      code: "xqbus:limit-exceeded",
      message: `the schema files of ${folder} are more than ${limit} ${unit} (option ${option})`,
    });
  });

  it("with a directory that is named like a file leaves it out", async () => {
    const folder = folderWith({ "Good.xsd": eventXsd("Good") });
    mkdirSync(join(folder, "Folder.xsd"));
    const catalog = await catalogOf(folder);
    expect(relativeProblems(catalog.problems, folder)).toEqual([
      "Folder.xsd:1: the file cannot be used: it is not a regular file",
    ]);
  });
});

describe("an option of loadCatalog", () => {
  it.each([
    [{ namespace: "" }, `the catalog's namespace is ""; events need a namespace of their own`],
    [{ directories: [] }, "the list of schema directories is empty; name at least one"],
    [{ maxSchemaBytes: 0 }, "maxSchemaBytes is 0; expected a whole number above 0"],
    [{ maxProblems: 1.5 }, "maxProblems is 1.5; expected a whole number above 0"],
  ])("%o is refused", async (options, message) => {
    await expect(loadCatalog(options)).rejects.toMatchObject({ code: "xqbus:illegal-argument", message });
  });
});
