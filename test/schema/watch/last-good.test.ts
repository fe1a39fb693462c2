import { mkdirSync, symlinkSync, unlinkSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { EVENTS, event, eventXsd, folderWith, relativeProblems, xsd } from "../harness.ts";
import { Watched, withField } from "./harness.ts";

const NUMBER = event("<A><Field>1</Field></A>");
const WORD = event("<A><Field>one</Field></A>");
const NAME = xsd(`<xs:simpleType name="Name"><xs:restriction base="xs:int"/></xs:simpleType>`);
const using = (name: string): string =>
  eventXsd(name, `<xs:element name="Field" type="e:Name"/>`).replace(
    "\n",
    `\n<xs:include schemaLocation="parts/Name.xsd"/>`,
  );

/** The catalog still judges by the schemas from before, in everything that it tells. */
function expectGood({ catalog }: Watched): void {
  expect(catalog.eventNames).toEqual(["A", "B"]);
  expect(catalog.validate(NUMBER)).toEqual([]);
  expect(catalog.validate(WORD)).toMatchObject([{ path: "/Event/A/Field", code: "cvc-datatype-valid.1.2.1" }]);
  expect(catalog.validate(event("<B><Field>1</Field></B>"))).toEqual([]);
  expect(catalog.validate(catalog.sample("A"))).toEqual([]);
}

describe("a file that a change breaks", () => {
  it.each([
    ["is no XML", "<xs:schema", /^A\.xsd:1: /],
    ["is empty", "", /^A\.xsd:1: /],
    ["is no schema", "<other/>", /^A\.xsd:1: /],
    ["refers to a type that is not there", withField("int").replace("xs:int", "e:Nope"), /^A\.xsd:3: .*e:Nope/],
    ["misspells a built-in type", withField("itn"), /^A\.xsd:3: .*xs:itn.*did you mean "xs:int"/],
    [
      "declares what another file declares",
      withField("int", "B"),
      /^A\.xsd:1: its change breaks B\.xsd:2: .*already declared in A\.xsd:2/,
    ],
    [
      "is in the language of XSD 1.1",
      withField("int").replace("</xs:sequence>", `</xs:sequence><xs:assert test="true()"/>`),
      /^A\.xsd:3: .*xs:assert/,
    ],
    [
      "has an ambiguous content model",
      eventXsd("A", `<xs:element name="Field" minOccurs="0"/><xs:element name="Field"/>`),
      /^A\.xsd:\d+: /,
    ],
    ["includes a file that is not there", using("A"), /^A\.xsd:2: includes "parts\/Name\.xsd".*does not exist$/],
    [
      "includes a file outside",
      withField("int").replace("\n", `\n<xs:include schemaLocation="../X.xsd"/>`),
      /^A\.xsd:2: .*outside of the catalog's directories$/,
    ],
    [
      "has become too large",
      withField("int").replace("</xs:schema>", `<!--${" ".repeat(2000)}--></xs:schema>`),
      /^A\.xsd:1: .*maxSchemaBytes/,
    ],
    [
      "needs too long to compile",
      eventXsd("A", `<xs:element name="x" minOccurs="0" maxOccurs="99999999"/>`.repeat(2)),
      /^A\.xsd:\d+: /,
    ],
  ])("stays in effect as it was, and is reported with its line: %s", async (_, text, problem) => {
    const watched = await Watched.of({ "A.xsd": withField("int"), "B.xsd": withField("int", "B") }, undefined, {
      maxSchemaBytes: 2000,
    });
    watched.write("A.xsd", text);
    const change = await watched.watcher.reload();
    expect(change).toMatchObject({ hasChanged: true, added: [], removed: [], files: [] });
    expect(relativeProblems(change.problems, watched.folder)).toEqual([expect.stringMatching(problem)]);
    expect(watched.catalog.problems).toEqual(change.problems);
    expect(watched.errors).toEqual([change.problems]);
    expectGood(watched);

    // Nothing new: what is wrong is not told again.
    expect(await watched.watcher.reload()).toMatchObject({ hasChanged: false, problems: change.problems });
    expect(watched.errors).toHaveLength(1);

    watched.write("A.xsd", withField("string"));
    expect(await watched.watcher.reload()).toMatchObject({ files: [watched.path("A.xsd")], problems: [] });
    expect(watched.catalog.validate(WORD)).toEqual([]);
    expect(watched.catalog.problems).toEqual([]);
  });

  it("and is repaired to what it was is no problem any more", async () => {
    const watched = await Watched.of({ "A.xsd": withField("int"), "B.xsd": withField("int", "B") });
    watched.write("A.xsd", "<");
    await watched.watcher.reload();
    watched.write("A.xsd", withField("int"));
    expect(await watched.watcher.reload()).toMatchObject({ hasChanged: true, files: [], problems: [] });
    expectGood(watched);
  });

  it("from one mistake to another is reported with the new one", async () => {
    const watched = await Watched.of({ "A.xsd": withField("int"), "B.xsd": withField("int", "B") });
    watched.write("A.xsd", "<");
    await watched.watcher.reload();
    watched.write("A.xsd", withField("itn"));
    const { problems } = await watched.watcher.reload();
    expect(relativeProblems(problems, watched.folder)).toEqual([expect.stringContaining("A.xsd:3: ")]);
    expectGood(watched);
  });

  it("and then is removed is gone", async () => {
    const watched = await Watched.of({ "A.xsd": withField("int"), "B.xsd": withField("int", "B") });
    watched.write("A.xsd", "<");
    await watched.watcher.reload();
    watched.remove("A.xsd");
    expect(await watched.watcher.reload()).toMatchObject({ removed: ["A"], problems: [] });
    expect(watched.catalog.eventNames).toEqual(["B"]);
    expect(watched.catalog.validate(NUMBER)).toHaveLength(1);
  });

  it("was never good: it is left out until it is", async () => {
    const watched = await Watched.of({ "A.xsd": withField("int") });
    watched.write("B.xsd", withField("itn", "B"));
    expect(await watched.watcher.reload()).toMatchObject({
      added: [],
      problems: [{ file: watched.path("B.xsd"), line: 3 }],
    });
    expect(watched.catalog.eventNames).toEqual(["A"]);
    watched.write("B.xsd", withField("int", "B"));
    expect(await watched.watcher.reload()).toMatchObject({ added: ["B"], problems: [] });
    expectGood(watched);
  });

  it("lets the good changes of other files take effect", async () => {
    const watched = await Watched.of({ "A.xsd": withField("int"), "B.xsd": withField("int", "B") });
    watched.write("A.xsd", "<");
    watched.write("B.xsd", withField("string", "B"));
    expect(await watched.watcher.reload()).toMatchObject({ files: [watched.path("B.xsd")] });
    expect(watched.catalog.validate(event("<B><Field>one</Field></B>"))).toEqual([]);
    expect(watched.catalog.validate(NUMBER)).toEqual([]);
  });

  it("may be several at once, each with its own last good text", async () => {
    const watched = await Watched.of({ "A.xsd": withField("int"), "B.xsd": withField("int", "B") });
    watched.write("A.xsd", "<");
    watched.write("B.xsd", withField("itn", "B"));
    const { problems } = await watched.watcher.reload();
    expect(problems.map(({ file }) => file).sort()).toEqual([watched.path("A.xsd"), watched.path("B.xsd")]);
    expectGood(watched);
  });

  it("or breaks another one by what it no longer declares, without an include, stays as it was", async () => {
    const user = eventXsd("B", `<xs:element name="Field" type="e:Name"/>`);
    const watched = await Watched.of({ "A.xsd": withField("int"), "B.xsd": user, "Name.xsd": NAME });
    watched.write("A.xsd", withField("long"));
    watched.write("Name.xsd", NAME.replaceAll("Name", "Nmae"));
    const { problems, files } = await watched.watcher.reload();
    expect(relativeProblems(problems, watched.folder)).toEqual([
      expect.stringMatching(/^Name\.xsd:1: its change breaks B\.xsd:3: .*e:Name/),
    ]);
    expect(files).toEqual([watched.path("A.xsd")]);
    expectGood(watched);
  });

  it("may have become a link out of the directory", async () => {
    const outside = folderWith({ "A.xsd": withField("string") });
    const watched = await Watched.of({ "A.xsd": withField("int"), "B.xsd": withField("int", "B") });
    unlinkSync(watched.path("A.xsd"));
    symlinkSync(`${outside}/A.xsd`, watched.path("A.xsd"));
    const { problems } = await watched.watcher.reload();
    expect(relativeProblems(problems, watched.folder)).toEqual([
      "A.xsd:1: the file cannot be used: it is a link out of the catalog's directories",
    ]);
    expect(watched.catalog.validate(WORD)).not.toEqual([]);
  });

  it("may have become a directory", async () => {
    const watched = await Watched.of({ "A.xsd": withField("int"), "B.xsd": withField("int", "B") });
    watched.remove("A.xsd");
    mkdirSync(watched.path("A.xsd"));
    const { problems } = await watched.watcher.reload();
    expect(relativeProblems(problems, watched.folder)).toEqual([
      "A.xsd:1: the file cannot be used: it is not a regular file",
    ]);
    expectGood(watched);
  });
});

describe("a helper that a change breaks", () => {
  it.each([
    ["is no XML", "<", /^parts\/Name\.xsd:1: /],
    ["does not declare the type any more", NAME.replaceAll("Name", "Nmae"), /e:Name/],
    [
      "does not match the files that use it",
      NAME.replace(/<xs:simpleType.*simpleType>/, `<xs:element name="Name"/>`),
      /e:Name/,
    ],
    ["contradicts itself", NAME.replace("xs:int", "xs:itn"), /^parts\/Name\.xsd:2: .*xs:itn/],
    ["is of another namespace", NAME.replaceAll(EVENTS, "urn:other"), /urn:other/],
  ])("leaves all files that include it as they were: %s", async (_, text, problem) => {
    const watched = await Watched.of({ "A.xsd": using("A"), "B.xsd": using("B"), "parts/Name.xsd": NAME });
    expectGood(watched);
    watched.write("parts/Name.xsd", text);
    const { problems, removed } = await watched.watcher.reload();
    expect(relativeProblems(problems, watched.folder)).toContainEqual(expect.stringMatching(problem));
    expect(removed).toEqual([]);
    expectGood(watched);
    watched.write("parts/Name.xsd", NAME.replace("xs:int", "xs:string"));
    expect(await watched.watcher.reload()).toMatchObject({ problems: [] });
    expect(watched.catalog.validate(WORD)).toEqual([]);
  });

  it("leaves nothing as it was when it is removed: the files that need it are left out", async () => {
    const watched = await Watched.of({ "A.xsd": using("A"), "B.xsd": withField("int", "B"), "parts/Name.xsd": NAME });
    watched.remove("parts");
    const change = await watched.watcher.reload();
    expect(relativeProblems(change.problems, watched.folder)).toEqual([
      `A.xsd:2: includes "parts/Name.xsd", which is refused: it does not exist`,
    ]);
    expect(change.removed).toEqual(["A"]);
    expect(watched.catalog.eventNames).toEqual(["B"]);
    watched.write("parts/Name.xsd", NAME);
    expect(await watched.watcher.reload()).toMatchObject({ added: ["A"], problems: [] });
    expectGood(watched);
  });
});

describe("an envelope that a change breaks", () => {
  it("stays in effect as it was", async () => {
    const envelope = xsd(
      `<xs:element name="Event"><xs:complexType><xs:sequence><xs:any namespace="##targetNamespace"/></xs:sequence>` +
        `<xs:attribute name="id" type="xs:int"/></xs:complexType></xs:element>`,
    );
    const watched = await Watched.of({
      "A.xsd": withField("int"),
      "B.xsd": withField("int", "B"),
      "Event.xsd": envelope,
    });
    const withId = NUMBER.replace("<Event", `<Event id="1"`);
    expect(watched.catalog.validate(withId)).toEqual([]);
    watched.write("Event.xsd", envelope.replace("xs:int", "xs:itn"));
    const { problems } = await watched.watcher.reload();
    expect(relativeProblems(problems, watched.folder)).toEqual([expect.stringMatching(/^Event\.xsd:2: .*xs:itn/)]);
    expect(watched.catalog.validate(withId)).toEqual([]);
    expectGood(watched);
  });
});
