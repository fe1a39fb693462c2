import { describe, expect, it } from "vitest";
import { loadCatalog, type Catalog } from "../../src/schema/index.ts";
import { EVENTS, catalogOf, catalogWith, event, eventXsd, folderWith, xsd } from "./harness.ts";

const USES_DEVICE = `<xs:element name="Device" type="e:Device"/>`;
const DEVICE = `<xs:complexType name="Device"><xs:sequence><xs:element name="Name" type="e:Name"/></xs:sequence></xs:complexType>`;
const NAME = `<xs:simpleType name="Name"><xs:restriction base="xs:string"><xs:minLength value="1"/></xs:restriction></xs:simpleType>`;

const include = (location: string): string => `<xs:include schemaLocation="${location}"/>`;

/** An event type with one Device, in a file that includes the given ones. */
function deviceEvent(name: string, ...locations: readonly string[]): string {
  return eventXsd(name, USES_DEVICE).replace("\n", `\n${locations.map(include).join("")}`);
}

function expectDeviceWorks(catalog: Catalog, name: string): void {
  expect(catalog.problems).toEqual([]);
  expect(catalog.eventNames).toContain(name);
  expect(catalog.validate(event(`<${name}><Device><Name>eth0</Name></Device></${name}>`))).toEqual([]);
  expect(catalog.validate(event(`<${name}><Device><Name/></Device></${name}>`))).toMatchObject([
    { path: `/Event/${name}/Device/Name`, code: "cvc-minLength-valid" },
  ]);
}

describe("types that files share", () => {
  it.each([
    [
      "are included from the same directory",
      { "A.xsd": deviceEvent("A", "Types.xsd"), "Types.xsd": xsd(DEVICE + NAME) },
    ],
    ["are found without an include, as in Clacks", { "A.xsd": deviceEvent("A"), "Types.xsd": xsd(DEVICE + NAME) }],
    [
      "are included over three levels, each relative to its own file",
      {
        "A.xsd": deviceEvent("A", "one/Device.xsd"),
        "one/Device.xsd": xsd(include("two/More.xsd") + DEVICE),
        "one/two/More.xsd": xsd(include("../../three/Name.xsd")),
        "three/Name.xsd": xsd(NAME),
      },
    ],
    [
      "are included in a circle",
      {
        "A.xsd": deviceEvent("A", "Device.xsd"),
        "Device.xsd": xsd(include("Name.xsd") + DEVICE),
        "Name.xsd": xsd(include("A.xsd") + include("./x/../Name.xsd") + include("Device.xsd") + NAME),
      },
    ],
    [
      "are included over two ways (diamond)",
      {
        "A.xsd": deviceEvent("A", "Left.xsd", "Right.xsd"),
        "Left.xsd": xsd(include("types/Name.xsd") + DEVICE),
        "Right.xsd": xsd(include("./types/../types/Name.xsd")),
        "types/Name.xsd": xsd(NAME),
      },
    ],
    [
      "take on the namespace of the including file when they have none (chameleon)",
      {
        "A.xsd": deviceEvent("A", "types/Device.xsd"),
        "types/Device.xsd": xsd(include("Name.xsd") + DEVICE.replace("e:Name", "Name"), ""),
        "types/Name.xsd": xsd(NAME, ""),
      },
    ],
    [
      "have names with spaces and letters outside ASCII",
      { "A.xsd": deviceEvent("A", "my%20types/Gerät.xsd"), "my types/Gerät.xsd": xsd(DEVICE + NAME) },
    ],
    [
      "come from files in other encodings",
      {
        "A.xsd": deviceEvent("A", "Latin.xsd", "Wide.xsd"),
        "Latin.xsd": Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>\n<!-- \xe9 -->${xsd(DEVICE)}`, "latin1"),
        "Wide.xsd": Buffer.from(`\uFEFF<?xml version="1.0" encoding="UTF-16"?>\n${xsd(NAME)}`, "utf16le"),
      },
    ],
  ])("%s", async (_, files) => {
    expectDeviceWorks(await catalogWith(files), "A");
  });

  it("are taken on by two namespaces at once, each for itself", async () => {
    const chameleon = xsd(DEVICE.replace("e:Name", "Name") + NAME, "");
    const catalog = await catalogWith({
      "A.xsd": deviceEvent("A", "types/Device.xsd"),
      "B.xsd": eventXsd("B", `<xs:element ref="x:Box" xmlns:x="urn:x"/>`).replace(
        "\n",
        `\n<xs:import namespace="urn:x" schemaLocation="x/Box.xsd"/>`,
      ),
      "x/Box.xsd": xsd(`${include("../types/Device.xsd")}<xs:element name="Box" type="e:Device"/>`, "urn:x"),
      "types/Device.xsd": chameleon,
    });
    expectDeviceWorks(catalog, "A");
    const box = (name: string): string => event(`<B><Box xmlns="urn:x"><${name}>x</${name}></Box></B>`);
    expect(catalog.validate(box("Name"))).toEqual([]);
    expect(catalog.validate(box("Nmae"))).toMatchObject([
      { path: "/Event/B/Q{urn:x}Box/Q{urn:x}Nmae", suggestion: "Name" },
    ]);
  });

  it("of another namespace may come from several files, imported by several files", async () => {
    const importX = (file: string): string => `<xs:import namespace="urn:x" schemaLocation="x/${file}.xsd"/>`;
    const catalog = await catalogWith({
      "A.xsd": eventXsd("A", `<xs:element ref="x:One" xmlns:x="urn:x"/>`).replace("\n", `\n${importX("One")}`),
      "B.xsd": eventXsd("B", `<xs:element ref="x:Two" xmlns:x="urn:x"/>`).replace("\n", `\n${importX("Two")}`),
      "x/One.xsd": xsd(`<xs:element name="One" type="xs:int"/>`, "urn:x"),
      "x/Two.xsd": xsd(`<xs:element name="Two" type="xs:int"/>`, "urn:x"),
    });
    expect(catalog.problems).toEqual([]);
    expect(catalog.validate(event(`<A><x:One xmlns:x="urn:x">1</x:One></A>`))).toEqual([]);
    expect(catalog.validate(event(`<B><x:Two xmlns:x="urn:x">zwei</x:Two></B>`))).toMatchObject([
      { path: "/Event/B/x:Two", code: "cvc-datatype-valid.1.2.1" },
    ]);
  });

  it("of two namespaces may need each other", async () => {
    const catalog = await catalogWith({
      "A.xsd": xsd(
        `<xs:import namespace="urn:x" schemaLocation="x/X.xsd"/>` +
          `<xs:element name="A" type="x:Outer" xmlns:x="urn:x"/><xs:complexType name="Inner"/>`,
      ),
      "x/X.xsd": xsd(
        `<xs:import namespace="${EVENTS}" schemaLocation="../A.xsd"/>` +
          `<xs:complexType name="Outer"><xs:sequence><xs:element name="in" type="o:Inner" xmlns:o="${EVENTS}"/></xs:sequence></xs:complexType>`,
        "urn:x",
      ),
    });
    expect(catalog.problems).toEqual([]);
    expect(catalog.validate(event(`<A><x:in xmlns:x="urn:x"/></A>`))).toEqual([]);
    expect(catalog.validate(event(`<A><x:in xmlns:x="urn:x">1</x:in></A>`))).toMatchObject([{ path: "/Event/A/x:in" }]);
  });

  it("may be in no namespace", async () => {
    const catalog = await catalogWith({
      "A.xsd": eventXsd("A", `<xs:element ref="plain"/>`).replace("\n", `\n<xs:import schemaLocation="p/Plain.xsd"/>`),
      "p/Plain.xsd": xsd(`<xs:element name="plain" type="xs:int"/>`, ""),
    });
    expect(catalog.problems).toEqual([]);
    expect(catalog.validate(event(`<A><plain xmlns="">1</plain></A>`))).toEqual([]);
    expect(catalog.validate(event(`<A><plain xmlns="">x</plain></A>`))).toMatchObject([{ path: "/Event/A/plain" }]);
  });

  it("may be imported by namespace alone when a file in the directory has it", async () => {
    const catalog = await catalogWith({
      "A.xsd": eventXsd("A", `<xs:element ref="x:One" xmlns:x="urn:x"/>`).replace(
        "\n",
        `\n<xs:import namespace="urn:x"/>`,
      ),
      "X.xsd": xsd(`<xs:element name="One" type="xs:int"/>`, "urn:x"),
    });
    expect(catalog.problems).toEqual([]);
    expect(catalog.validate(event(`<A><x:One xmlns:x="urn:x">1</x:One></A>`))).toEqual([]);
  });
});

describe("the attributes of the namespace xml", () => {
  const withLanguage = (imported: string): string =>
    eventXsd(
      "A",
      `<xs:element name="t"><xs:complexType><xs:attribute ref="xml:lang"/></xs:complexType></xs:element>`,
    ).replace("\n", `\n<xs:import namespace="http://www.w3.org/XML/1998/namespace"${imported}/>`);

  it.each([
    ["without saying from where", "", {}],
    ["from the server of the W3C, which is not asked", ` schemaLocation="http://www.w3.org/2001/xml.xsd"`, {}],
    [
      "from a file of one's own",
      ` schemaLocation="x/xml.xsd"`,
      {
        "x/xml.xsd": xsd(
          `<xs:attribute name="lang" type="xs:language"/>`,
          "http://www.w3.org/XML/1998/namespace",
        ).replace("xmlns:e=", "xmlns:xml="),
      },
    ],
  ])("can be imported %s", async (_, imported, files) => {
    const catalog = await catalogWith({ "A.xsd": withLanguage(imported), ...files });
    expect(catalog.problems).toEqual([]);
    expect(catalog.validate(event(`<A><t xml:lang="en"/></A>`))).toEqual([]);
    expect(catalog.validate(event(`<A><t xml:lang="?"/></A>`))).toMatchObject([{ path: "/Event/A/t/@xml:lang" }]);
  });
});

describe("the event types", () => {
  it("are the files directly in the directories that declare an element of their name", async () => {
    const catalog = await catalogWith({
      "A.xsd": eventXsd("A"),
      "Helper.xsd": xsd(`<xs:element name="Shared" type="xs:string"/>`),
      "JustType.xsd": xsd(`<xs:complexType name="JustType"/>`),
      "Other.xsd": xsd(`<xs:element name="Other"/>`, "urn:other"),
      "Plain.xsd": xsd(`<xs:element name="Plain" type="xs:string"/>`, ""),
      "sub/B.xsd": eventXsd("B"),
      "notes.txt": "not a schema",
      ".#A.xsd": "an editor's file",
    });
    expect(catalog.problems).toEqual([]);
    expect(catalog.eventNames).toEqual(["A", "Plain", "{urn:other}Other"]);
    expect(catalog.validate(event("<A><Id/></A>"))).toEqual([]);
    expect(catalog.validate(event("<Plain>a chameleon</Plain>"))).toEqual([]);
    expect(catalog.validate(event(`<Other xmlns="urn:other"/>`))).toEqual([]);
  });

  it.each([
    [
      "Shared",
      /^element "Shared" is not an event type of this catalog: it is declared in .*Helper\.xsd, but only a file Shared\.xsd would make it one$/,
    ],
    [
      "JustType",
      /^element "JustType" is not an event type of this catalog: .*JustType\.xsd declares a type JustType, but no global element JustType$/,
    ],
  ])("do not include %s, and the problem says why", async (name, message) => {
    const catalog = await catalogWith({
      "Helper.xsd": xsd(`<xs:element name="Shared" type="xs:string"/>`),
      "JustType.xsd": xsd(`<xs:complexType name="JustType"/>`),
    });
    expect(catalog.validate(event(`<${name}/>`))).toMatchObject([
      { path: `/Event/${name}`, code: "cvc-complex-type.2.4", message: expect.stringMatching(message) as string },
    ]);
  });

  it("may stand in for each other in a substitution group", async () => {
    const catalog = await catalogWith({
      "Call.xsd": xsd(`<xs:element name="Call" type="xs:string"/>`),
      "LongCall.xsd": xsd(`<xs:element name="LongCall" substitutionGroup="e:Call"/>`),
    });
    expect(catalog.problems).toEqual([]);
    expect(catalog.eventNames).toEqual(["Call", "LongCall"]);
    expect(catalog.validate(event("<Call/>"))).toEqual([]);
    expect(catalog.validate(event("<LongCall/>"))).toEqual([]);
  });

  it("come from several directories; of two files that declare one name the first stays", async () => {
    const [first, second] = [
      folderWith({ "A.xsd": eventXsd("A") }),
      folderWith({ "A.xsd": eventXsd("A", `<xs:element name="Other"/>`), "B.xsd": eventXsd("B") }),
    ];
    const catalog = await loadCatalog({ directories: [first, second, first] });
    expect(catalog.eventNames).toEqual(["A", "B"]);
    expect(catalog.problems).toMatchObject([
      {
        file: `${second}/A.xsd`,
        line: 2,
        message: expect.stringContaining(`is already declared in ${first}/A.xsd:2`) as string,
      },
      { file: `${second}/A.xsd`, line: 3 },
    ]);
    expect(catalog.validate(event("<A><Id/></A>"))).toEqual([]);
    catalog.close();
  });

  it("come from any number of directories, which plugins bring with namespaces and types of their own", async () => {
    const plugins = Array.from({ length: 20 }, (_, i) =>
      folderWith({
        [`Call${i}.xsd`]: xsd(
          `${include("parts/Name.xsd")}<xs:element name="Call${i}" type="e:Name"/>`,
          `urn:plugin:${i}`,
        ),
        [`Own${i}.xsd`]: eventXsd(`Own${i}`, `<xs:element name="Device" type="e:Device"/>`),
        "parts/Name.xsd": xsd(NAME, ""),
      }),
    );
    const shared = folderWith({ "Types.xsd": xsd(DEVICE + NAME) });
    const catalog = await catalogOf(shared, { directories: [...plugins, shared] });
    expect(catalog.problems).toEqual([]);
    expect(catalog.eventNames).toHaveLength(40);
    for (let i = 0; i < 20; i++) {
      expect(catalog.validate(event(`<Call${i} xmlns="urn:plugin:${i}">x</Call${i}>`))).toEqual([]);
      expect(catalog.validate(event(`<Call${i} xmlns="urn:plugin:${i}"/>`))).toMatchObject([
        { code: "cvc-minLength-valid" },
      ]);
      expectDeviceWorks(catalog, `Own${i}`);
    }
  });

  it("may refer from one directory of the catalog to another one", async () => {
    const folder = folderWith({
      "one/A.xsd": deviceEvent("A", "../two/Device.xsd"),
      "two/Device.xsd": xsd(DEVICE + NAME),
    });
    expectDeviceWorks(await catalogOf(folder, { directories: [`${folder}/one`, `${folder}/two`] }), "A");
    const alone = await catalogOf(`${folder}/one`);
    expect(alone.eventNames).toEqual([]);
    expect(alone.problems).toMatchObject([
      { line: 2, message: expect.stringContaining("it lies outside of the catalog's directories") as string },
    ]);
  });
});

describe("the envelope", () => {
  it("is the shipped one where no directory has one, in the namespace of the catalog", async () => {
    const namespace = "urn:my&events";
    const catalog = await catalogWith(
      { "A.xsd": eventXsd("A").replaceAll(EVENTS, "urn:my&amp;events") },
      { namespace },
    );
    expect(catalog.problems).toEqual([]);
    expect(catalog.eventNames).toEqual(["A"]);
    const document = event("<A><Id/></A>").replaceAll(EVENTS, "urn:my&amp;events");
    expect(catalog.validate(document)).toEqual([]);
    expect(catalog.validate(event("<A><Id/></A>"))).toMatchObject([
      {
        path: "/Q{http://www.gonicus.de/Events}Event",
        code: "cvc-elt.1",
        message: `the root element Event is in the namespace "${EVENTS}"; expected the namespace "urn:my&events"`,
      },
    ]);
  });

  it("may be one's own, with more around the event", async () => {
    const catalog = await catalogWith({
      "A.xsd": eventXsd("A"),
      "Event.xsd": xsd(
        `<xs:element name="Event"><xs:complexType><xs:sequence>\n<xs:element name="Origin" type="xs:string"/>\n` +
          `<xs:any namespace="##targetNamespace"/></xs:sequence>\n<xs:attribute name="id" type="xs:int"/></xs:complexType></xs:element>`,
      ),
    });
    expect(catalog.problems).toEqual([]);
    expect(catalog.eventNames).toEqual(["A"]);
    expect(catalog.validate(event("<Origin>x</Origin><A><Id/></A>"))).toEqual([]);
    expect(catalog.validate(event("<A><Id/></A>"))).toHaveLength(1);
    expect(catalog.validate(event("<Origin>x</Origin>"))).toMatchObject([
      { message: "Event is incomplete: A is missing" },
    ]);
    expect(catalog.validate(event("<Origin>x</Origin><Origin/>"))).toHaveLength(1);
  });

  it.each([
    [
      "an event without its envelope",
      `<A xmlns="${EVENTS}"><Id/></A>`,
      "/A",
      `the root element is "A", an event without its envelope; expected Event around it`,
    ],
    [
      "another root element",
      `<Evnt xmlns="${EVENTS}"/>`,
      "/Evnt",
      `the root element is "Evnt"; expected Event (did you mean "Event"?)`,
    ],
    [
      "an envelope in no namespace",
      `<Event/>`,
      "/Event",
      `the root element Event is in no namespace; expected the namespace "${EVENTS}"`,
    ],
  ])("is required: %s is not valid", async (_, document, path, message) => {
    const catalog = await catalogOf(folderWith({ "A.xsd": eventXsd("A") }));
    expect(catalog.validate(document)).toMatchObject([{ path, line: 1, column: 1, code: "cvc-elt.1", message }]);
  });
});
