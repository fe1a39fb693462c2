import { describe, expect, it } from "vitest";
import { annotationsOf, type EventAnnotations } from "../../../src/schema/index.ts";
import { catalogOf, catalogWith, folderWith, relativeProblems, xsd } from "../harness.ts";

/** The event type A, with annotations at its type, and these fields. */
function typeA(annotations: string, fields: string, more: string = ""): string {
  return xsd(
    `<xs:element name="A" type="e:A"/>\n` +
      `<xs:complexType name="A">\n${appinfo(annotations)}<xs:sequence>\n${fields}</xs:sequence>${more}</xs:complexType>`,
  );
}

/** Three lines, the annotations on the second. */
function appinfo(annotations: string): string {
  return `<xs:annotation><xs:appinfo xmlns:x="urn:xqbus">\n${annotations}\n</xs:appinfo></xs:annotation>`;
}

function field(name: string, type: string = "xs:string", annotations: string = "", attributes: string = ""): string {
  const content = annotations === "" ? "" : appinfo(annotations).replaceAll("\n", "");
  return `<xs:element name="${name}" type="${type}" ${attributes}>${content}</xs:element>\n`;
}

async function warningsOf(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const folder = folderWith(files);
  const catalog = await catalogOf(folder);
  expect(catalog.problems).toEqual([]);
  return relativeProblems(catalog.warnings, folder);
}

describe("the annotations of an event type", () => {
  it("are those of its element, its type and its fields", async () => {
    const catalog = await catalogWith({
      "Sync.xsd": xsd(`
        <xs:element name="Sync" type="e:Sync">${appinfo(`<x:routingKey>repo.sync</x:routingKey><x:owner>Ops</x:owner>`)}</xs:element>
        <xs:complexType name="Sync">
          ${appinfo(`<x:type>repo.sync.start</x:type><x:owner>Nobody</x:owner><x:module>Pulp</x:module>
            <x:promote>Repo User/@id</x:promote><x:retention>P90D</x:retention><x:deprecated>use  RepoSync</x:deprecated>`)}
          <xs:sequence>
            ${field("Repo", "xs:string", "<x:orderBy/><x:dedupeKey/>")}
            ${field("Count", "xs:int", "<x:promote/>")}
            <xs:element name="User"><xs:complexType><xs:sequence>
              ${field("Password", "xs:string", "<x:sensitive/>")}
              ${field("Old", "xs:string", "<x:deprecated>use New</x:deprecated>")}
            </xs:sequence>
            <xs:attribute name="id" type="xs:string">${appinfo("<x:dedupeKey/>")}</xs:attribute></xs:complexType></xs:element>
          </xs:sequence>
        </xs:complexType>`),
    });
    expect({ problems: catalog.problems, warnings: catalog.warnings }).toEqual({ problems: [], warnings: [] });
    const { annotations, module, type } = catalog.describe("Sync");
    const expected: EventAnnotations = {
      routingKey: "repo.sync",
      owner: "Ops",
      type: "repo.sync.start",
      module: "Pulp",
      retention: "P90D",
      deprecated: "use RepoSync",
      promote: ["Repo", "User/@id", "Count"],
      orderBy: ["Repo"],
      dedupeKey: ["Repo", "User/@id"],
      sensitive: ["User/Password"],
    };
    expect({ annotations, module }).toEqual({ annotations: expected, module: "Pulp" });
    expect(type.fields.map(({ name, annotations: own }) => [name, own])).toEqual([
      ["Repo", { orderBy: true, dedupeKey: true }],
      ["Count", { promote: true }],
      ["User", undefined],
    ]);
    const user = type.fields[2]?.type;
    const inner = user?.kind === "complex" ? [...user.attributes, ...user.fields] : [];
    expect(inner.map(({ name, annotations: own }) => [name, own])).toEqual([
      ["id", { dedupeKey: true }],
      ["Password", { sensitive: true }],
      ["Old", { deprecated: "use New" }],
    ]);
  });

  it.each([
    ["a simple type", `<x:sensitive/>`, ["Pin", "PinList", "Chosen"]],
    ["paths", `</xs:appinfo></xs:annotation><xs:annotation><xs:appinfo>`, []],
  ])("take over that %s is sensitive", async (_, annotation, sensitive) => {
    const catalog = await catalogWith({
      "A.xsd": xsd(`
        <xs:element name="A"><xs:complexType><xs:sequence>
          ${field("Pin", "e:FourDigits")}${field("PinList", "e:Pins")}${field("Chosen", "e:Choice")}${field("Plain")}
        </xs:sequence></xs:complexType></xs:element>
        <xs:simpleType name="Pin">${annotation.startsWith("<x:") ? appinfo(annotation) : ""}<xs:restriction base="xs:string"/></xs:simpleType>
        <xs:simpleType name="FourDigits"><xs:restriction base="e:Pin"><xs:length value="4"/></xs:restriction></xs:simpleType>
        <xs:simpleType name="Pins"><xs:list itemType="e:Pin"/></xs:simpleType>
        <xs:simpleType name="Choice"><xs:union memberTypes="xs:int e:Pin"/></xs:simpleType>`),
    });
    expect(catalog.warnings).toEqual([]);
    expect(catalog.describe("A").annotations?.sensitive ?? []).toEqual(sensitive);
  });

  it("count at a reference to a global element, and at the members of its substitution group", async () => {
    const catalog = await catalogWith({
      "A.xsd": xsd(`
        <xs:element name="A"><xs:complexType><xs:sequence>
          <xs:element ref="e:Key">${appinfo("<x:sensitive/>")}</xs:element><xs:element ref="e:Head"/>
        </xs:sequence></xs:complexType></xs:element>
        <xs:element name="Key" type="xs:string"/>
        <xs:element name="Head" type="xs:string"/>
        <xs:element name="Member" type="xs:string" substitutionGroup="e:Head">${appinfo("<x:sensitive/>")}</xs:element>`),
    });
    expect(catalog.describe("A").annotations).toEqual({ sensitive: ["Key", "Member"] });
  });

  it("make every field sensitive when an empty one stands at the event", async () => {
    const catalog = await catalogWith({
      "A.xsd": typeA("<x:sensitive/>", field("Name"), `<xs:attribute name="id" type="xs:string"/>`),
    });
    expect(catalog.warnings).toEqual([]);
    expect(catalog.describe("A").annotations).toEqual({ sensitive: ["@id", "Name"] });
  });

  it("follow types into themselves once", async () => {
    const catalog = await catalogWith({
      "A.xsd": typeA("", field("Secret", "xs:string", "<x:sensitive/>") + field("A", "e:A", "", `minOccurs="0"`)),
    });
    expect(catalog.describe("A").annotations).toEqual({ sensitive: ["Secret"] });
  });

  it("do not promote a sensitive field of a type within itself", async () => {
    const catalog = await catalogWith({
      "A.xsd": typeA(
        "<x:promote>A/A/Secret</x:promote>",
        field("Secret", "xs:string", "<x:sensitive/>") + field("A", "e:A", "", `minOccurs="0"`),
      ),
    });
    expect(catalog.describe("A").annotations).toEqual({ sensitive: ["Secret"] });
    expect(catalog.warnings.map(({ message }) => message)).toEqual([
      `promote: the field "A/A/Secret" is sensitive, and application properties are visible to everybody who sees the message`,
    ]);
  });

  it("are found in bounded time where types use each other twice", async () => {
    const levels = Array.from({ length: 40 }, (_, i) => {
      const next =
        i === 39 ? field("Leaf", "xs:string", "<x:sensitive/>") : field("a", `e:T${i + 1}`) + field("b", `e:T${i + 1}`);
      return `<xs:complexType name="T${i}"><xs:sequence>${next}</xs:sequence></xs:complexType>`;
    });
    const catalog = await catalogWith({
      "A.xsd": xsd(`<xs:element name="A" type="e:T0"/>${levels.join("")}`),
    });
    expect(catalog.warnings.map(({ message }) => message)).toEqual([
      "of more than 10000 fields in the event, only the first were searched for annotations",
    ]);
  });

  it("are none for an event type without any", async () => {
    const catalog = await catalogWith({ "A.xsd": typeA("", field("Name")) });
    expect(catalog.describe("A")).not.toHaveProperty("annotations");
    expect(annotationsOf(catalog.model).event("B")).toBeUndefined();
    expect(annotationsOf(catalog.model).event("A", "urn:other")).toBeUndefined();
  });
});

describe("an annotation without effect is reported, and its file works:", () => {
  const words = `expected words of letters, digits, "_" and "-" with dots between them, such as "phone.status"`;

  it.each([
    ["<x:promot>Name</x:promot>", `there is no annotation "promot" (did you mean "promote"?)`],
    [
      "<x:colour/>",
      `there is no annotation "colour"; expected one of routingKey, type, module, owner, promote, orderBy, dedupeKey, retention, sensitive, deprecated`,
    ],
    ["<x:routingKey>phone.*</x:routingKey>", `routingKey has "*" in it; ${words}`],
    ["<x:routingKey>phone status</x:routingKey>", `routingKey has " " in it; ${words}`],
    ["<x:routingKey>.phone</x:routingKey>", `routingKey is ".phone"; ${words}`],
    ["<x:routingKey/>", `routingKey is ""; ${words}`],
    [`<x:type>${"a".repeat(181)}</x:type>`, "type has 181 characters; expected at most 180"],
    ["<x:type>repo#sync</x:type>", `type has "#" in it; ${words}`],
    ["<x:module> </x:module>", "module is empty; expected a text"],
    ["<x:deprecated/>", "deprecated is empty; expected a text"],
    [
      "<x:retention>90 days</x:retention>",
      `retention is "90 days"; expected a duration of XML Schema above zero, such as "P90D" or "PT12H"`,
    ],
    [
      "<x:retention>-P1D</x:retention>",
      `retention is "-P1D"; expected a duration of XML Schema above zero, such as "P90D" or "PT12H"`,
    ],
    ["<x:promote/>", "promote names no field; expected paths at an event, such as <x:promote>Status</x:promote>"],
    [
      "<x:promote>Nam</x:promote>",
      `promote: there is no field "Nam" (did you mean "Name"?); expected a path such as "Status" or "Device/@id"`,
    ],
    [
      "<x:sensitive>User/Nick</x:sensitive>",
      `sensitive: there is no field "User/Nick"; expected a path such as "Status" or "Device/@id"`,
    ],
    [
      "<x:sensitive>User/@Login</x:sensitive>",
      `sensitive: there is no field "User/@Login" (did you mean "User/@login"?); expected a path such as "Status" or "Device/@id"`,
    ],
    [
      "<x:orderBy>//Name</x:orderBy>",
      `orderBy: there is no field "//Name"; expected a path such as "Status" or "Device/@id"`,
    ],
    ["<x:dedupeKey>Tag</x:dedupeKey>", `dedupeKey: the field "Tag" may occur more than once`],
    ["<x:promote>User</x:promote>", `promote: the field "User" has child elements and so no value`],
    [
      "<x:promote>Password</x:promote>",
      `promote: the field "Password" is sensitive, and application properties are visible to everybody who sees the message`,
    ],
    [
      "<x:promote>User/@login User_login</x:promote>",
      `promote: the fields "User/@login" and "User_login" would both be the property "User_login"`,
    ],
    [`<x:promote field="Name">Name</x:promote>`, `promote has the attribute "field"; expected none`],
    [`<x:owner><b>Ops</b></x:owner>`, `owner has the element "b" in it; expected text only`],
    [`<x:owner>A</x:owner><x:owner>B</x:owner>`, `owner is given twice; the first one counts`],
  ])("%s", async (annotation, message) => {
    const fields =
      field("Name") +
      field("Tag", "xs:string", "", `maxOccurs="unbounded"`) +
      field("Password", "xs:string", "<x:sensitive/>") +
      field("User_login") +
      `<xs:element name="User"><xs:complexType><xs:sequence>${field("Name")}</xs:sequence>` +
      `<xs:attribute name="login" type="xs:string"/></xs:complexType></xs:element>\n`;
    const warnings = await warningsOf({ "A.xsd": typeA(annotation, fields) });
    expect(warnings).toEqual([`A.xsd:5: ${message}`]);
  });

  it.each([
    [
      "event annotations at a field",
      typeA("", field("Name", "xs:string", "<x:routingKey>a</x:routingKey>")),
      "A.xsd:7: routingKey has no effect here; expected it at the element of an event or its type",
    ],
    [
      "paths at a field",
      typeA("", field("Name", "xs:string", "<x:promote>Name</x:promote>")),
      `A.xsd:7: promote has the text "Name"; expected paths at an event only, and <x:promote/> at a field`,
    ],
    [
      "a field that repeats",
      typeA("", field("Name", "xs:string", "<x:orderBy/>", `maxOccurs="2"`)),
      `A.xsd:7: orderBy: the field "Name" may occur more than once`,
    ],
    [
      "a type that is no event's",
      xsd(
        `<xs:element name="A" type="xs:string"/><xs:complexType name="B">${appinfo("<x:promote/>")}<xs:sequence/></xs:complexType>`,
      ),
      "A.xsd:3: promote has no effect at a type that is not an event's; expected it at a field",
    ],
    [
      "a place that has no annotations",
      xsd(`${appinfo("<x:owner>Ops</x:owner>")}<xs:element name="A" type="xs:string"/>`),
      "A.xsd:3: owner has no effect here; expected it at an element, an attribute or a type",
    ],
    [
      "an attribute in place of an element",
      typeA("", `<xs:element name="Name" type="xs:string" x:sensitive="true" xmlns:x="urn:xqbus"/>`),
      "A.xsd:7: the annotation sensitive is written as an attribute; expected <x:sensitive> in xs:annotation/xs:appinfo",
    ],
  ])("%s", async (_, file, warning) => {
    expect(await warningsOf({ "A.xsd": file })).toEqual([warning]);
  });

  it("in a file that no event type needs", async () => {
    const helper = xsd(`<xs:element name="Other" type="xs:string">${appinfo("<x:nonsense/>")}</xs:element>`);
    const [warning, ...others] = await warningsOf({ "A.xsd": typeA("", field("Name")), "Helper.xsd": helper });
    expect(others).toEqual([]);
    expect(warning).toMatch(/^Helper\.xsd:3: there is no annotation "nonsense"; /);
  });

  it("with the code of its own", async () => {
    const catalog = await catalogWith({ "A.xsd": typeA("<x:nonsense/>", field("Name")) });
    expect(catalog.warnings.map(({ code }) => code)).toEqual(["xqbus:invalid-annotation"]);
    expect(catalog.eventNames).toEqual(["A"]);
  });
});

describe("the shipped schemas", () => {
  it("have no annotation without effect", async () => {
    const catalog = await catalogOf(new URL("../../../schemas/events", import.meta.url).pathname);
    expect(catalog.warnings).toEqual([]);
    expect(catalog.describe("PhoneStatus").annotations).toEqual({
      module: "Asterisk",
      promote: ["Status", "CallerId", "ReceiverId"],
    });
  });
});

describe("a promoted field", () => {
  it.each([
    ["xs:string", " busy ", { kind: "string", value: " busy " }],
    ["xs:token", " on  hold ", { kind: "string", value: "on hold" }],
    ["xs:string", "x".repeat(256), { kind: "string", value: "x".repeat(256) }],
    ["xs:string", "x".repeat(257), undefined],
    ["xs:int", " +12 ", { kind: "integer", value: 12 }],
    ["xs:integer", "-9007199254740991", { kind: "integer", value: -9007199254740991 }],
    ["xs:integer", "9007199254740992", undefined],
    ["xs:unsignedLong", "7", { kind: "integer", value: 7 }],
    ["xs:int", "", undefined],
    ["xs:int", "0x10", undefined],
    ["xs:decimal", "1.50", { kind: "number", value: 1.5 }],
    ["xs:double", "1e3", { kind: "number", value: 1000 }],
    ["xs:double", "INF", undefined],
    ["xs:float", "NaN", undefined],
    ["xs:boolean", " 1 ", { kind: "boolean", value: true }],
    ["xs:boolean", "false", { kind: "boolean", value: false }],
    ["xs:boolean", "yes", undefined],
    ["xs:dateTime", "2026-01-31T12:00:00Z ", { kind: "string", value: "2026-01-31T12:00:00Z" }],
    ["xs:NMTOKENS", " a  b ", { kind: "string", value: "a b" }],
  ])("of type %s with the text %j is %j", async (type, text, expected) => {
    const catalog = await catalogWith({ "A.xsd": typeA("<x:promote>Value</x:promote>", field("Value", type)) });
    const [promoted] = annotationsOf(catalog.model).event("A")?.promoted ?? [];
    expect(promoted?.property).toBe("Value");
    expect(promoted?.valueOf(text)).toEqual(expected);
  });

  it("has a property name that selectors can read", async () => {
    const inner = `<xs:element name="net-device"><xs:complexType><xs:sequence>${field("a.b")}</xs:sequence><xs:attribute name="id"/></xs:complexType></xs:element>`;
    const catalog = await catalogWith({
      "A.xsd": typeA("<x:promote>net-device/a.b net-device/@id</x:promote>", inner),
    });
    expect(catalog.warnings).toEqual([]);
    const { promoted = [] } = annotationsOf(catalog.model).event("A") ?? {};
    expect(promoted.map(({ path, property }) => [path, property])).toEqual([
      ["net-device/a.b", "net_device_a_b"],
      ["net-device/@id", "net_device_id"],
    ]);
  });
});
