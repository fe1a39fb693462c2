import { renameSync, rmSync, symlinkSync, unlinkSync, utimesSync, statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { event, eventXsd, folderWith, xsd } from "../harness.ts";
import { Watched, withField } from "./harness.ts";

const NUMBER = event("<A><Field>1</Field></A>");
const WORD = event("<A><Field>one</Field></A>");
const NAME = xsd(`<xs:simpleType name="Name"><xs:restriction base="xs:int"/></xs:simpleType>`);
const WIDER = NAME.replace("xs:int", "xs:string");
const USING = eventXsd("A", `<xs:element name="Field" type="e:Name"/>`).replace(
  "\n",
  `\n<xs:include schemaLocation="parts/Name.xsd"/>`,
);

describe("reload", () => {
  it("finds nothing where nothing has changed, not even a time stamp that is another one", async () => {
    const watched = await Watched.of({ "A.xsd": withField("int") });
    const { model, vocabulary } = watched.catalog;
    utimesSync(watched.path("A.xsd"), new Date(0), new Date(0));
    expect(await watched.watcher.reload()).toEqual({
      hasChanged: false,
      added: [],
      removed: [],
      files: [],
      problems: [],
    });
    expect(watched.catalog.model).toBe(model);
    expect(watched.catalog.vocabulary).toBe(vocabulary);
    expect(watched.changes).toEqual([]);
  });

  it.each([
    ["written", (watched: Watched): void => watched.write("A.xsd", withField("token"))],
    ["replaced by an editor's rename", (watched: Watched): void => watched.replace("A.xsd", withField("token"))],
    [
      "replaced by one of the same length and time",
      (watched: Watched): void => {
        const { atime, mtime } = statSync(watched.path("A.xsd"));
        watched.write("A.xsd", withField("token"));
        utimesSync(watched.path("A.xsd"), atime, mtime);
      },
    ],
    [
      "removed and written again",
      (watched: Watched): void => {
        watched.remove("A.xsd");
        watched.write("A.xsd", withField("token"));
      },
    ],
    [
      "in a directory that was replaced as a whole",
      (watched: Watched): void => {
        renameSync(folderWith({ "A.xsd": withField("token") }), `${watched.folder}.new`);
        renameSync(watched.folder, `${watched.folder}.old`);
        renameSync(`${watched.folder}.new`, watched.folder);
        rmSync(`${watched.folder}.old`, { recursive: true });
      },
    ],
  ])("follows a file that was %s", async (_, change) => {
    const watched = await Watched.of({ "A.xsd": withField("short") });
    expect(watched.catalog.validate(WORD)).toHaveLength(1);
    change(watched);
    const expected = { hasChanged: true, added: [], removed: [], files: [watched.path("A.xsd")], problems: [] };
    expect(await watched.watcher.reload()).toEqual(expected);
    expect(watched.catalog.validate(WORD)).toEqual([]);
    expect(watched.changes).toEqual([expected]);
    expect(watched.errors).toEqual([]);
  });

  it("follows the link that a directory is", async () => {
    const [first, second] = [folderWith({ "A.xsd": withField("int") }), folderWith({ "A.xsd": withField("string") })];
    const link = `${folderWith({})}/current`;
    symlinkSync(first, link);
    const watched = await Watched.at(link);
    expect(watched.catalog.validate(WORD)).toHaveLength(1);
    unlinkSync(link);
    symlinkSync(second, link);
    expect(await watched.watcher.reload()).toMatchObject({ hasChanged: true, files: [`${link}/A.xsd`] });
    expect(watched.catalog.validate(WORD)).toEqual([]);
  });

  it("tells of event types that are new and that are gone", async () => {
    const watched = await Watched.of({ "A.xsd": withField("int"), "B.xsd": withField("int", "B") });
    watched.remove("B.xsd");
    watched.write("C.xsd", withField("int", "C"));
    expect(await watched.watcher.reload()).toEqual({
      hasChanged: true,
      added: ["C"],
      removed: ["B"],
      files: [watched.path("B.xsd"), watched.path("C.xsd")],
      problems: [],
    });
    expect(watched.catalog.eventNames).toEqual(["A", "C"]);
    expect(watched.catalog.validate(event("<B><Field>1</Field></B>"))).toMatchObject([{ path: "/Event/B" }]);
    expect(watched.catalog.validate(event("<C><Field>1</Field></C>"))).toEqual([]);
  });

  it("follows a helper in a sub-folder, with all files that include it", async () => {
    const watched = await Watched.of({ "A.xsd": USING, "parts/Name.xsd": NAME });
    expect(watched.catalog.validate(WORD)).toHaveLength(1);
    watched.write("parts/Name.xsd", WIDER);
    expect(await watched.watcher.reload()).toMatchObject({ files: [watched.path("parts/Name.xsd")], problems: [] });
    expect(watched.catalog.validate(WORD)).toEqual([]);
  });

  it("follows a helper that was missing", async () => {
    const watched = await Watched.of({ "A.xsd": USING });
    expect(watched.catalog.problems).toMatchObject([{ file: watched.path("A.xsd"), line: 2 }]);
    watched.write("parts/Name.xsd", NAME);
    expect(await watched.watcher.reload()).toMatchObject({ hasChanged: true, added: ["A"], problems: [] });
    expect(watched.catalog.validate(NUMBER)).toEqual([]);
  });

  it("changes everything that the catalog tells at once", async () => {
    const watched = await Watched.of({ "A.xsd": withField("int") });
    watched.write("A.xsd", withField("date").replaceAll("Field", "Day"));
    await watched.watcher.reload();
    const { catalog } = watched;
    expect(catalog.describe("A")).toMatchObject({ type: { fields: [{ name: "Day" }] } });
    expect(catalog.declareTypes()).toContain("Day");
    expect(catalog.declareTypes()).not.toContain("Field");
    expect(catalog.sample("A")).toContain("<Day>");
    expect(catalog.vocabulary.elementNames("Day")).toHaveLength(1);
    expect(catalog.vocabulary.elementNames("Field")).toEqual([]);
    expect(catalog.validate(catalog.sample("A"))).toEqual([]);
    for (const { document } of catalog.nearInvalid("A")) expect(catalog.validate(document)).toHaveLength(1);
  });

  it("goes on with documents made before by the schemas from before", async () => {
    const watched = await Watched.of({ "A.xsd": withField("int") });
    const broken = watched.catalog.nearInvalid("A")[Symbol.iterator]();
    expect(broken.next().done).toBe(false);
    watched.write("A.xsd", withField("date").replaceAll("Field", "Day"));
    await watched.watcher.reload();
    const rest = [...{ [Symbol.iterator]: () => broken }];
    expect(rest.length).toBeGreaterThan(0);
    expect(rest.every(({ document }) => !document.includes("Day"))).toBe(true);
  });

  it("of calls that overlap reads one after the other, and each tells what it found", async () => {
    const watched = await Watched.of({ "A.xsd": withField("int") });
    watched.write("A.xsd", withField("string"));
    const results = await Promise.all([1, 2, 3].map(() => watched.watcher.reload()));
    expect(results.map(({ hasChanged }) => hasChanged)).toEqual([true, false, false]);
  });

  it("of one watcher is told to every watcher of the catalog", async () => {
    const watched = await Watched.of({ "A.xsd": withField("int") });
    const heard: boolean[] = [];
    const other = watched.catalog.watch({ usePolling: true, onReload: ({ hasChanged }) => heard.push(hasChanged) });
    watched.write("A.xsd", withField("string"));
    await watched.watcher.reload();
    expect(heard).toEqual([true]);
    await other.close();
    watched.write("A.xsd", withField("int"));
    await watched.watcher.reload();
    expect(heard).toEqual([true]);
  });

  it("fails when a directory is gone, and the catalog stays as it was until it is back", async () => {
    const watched = await Watched.of({ "A.xsd": withField("int") });
    renameSync(watched.folder, `${watched.folder}.away`);
    await expect(watched.watcher.reload()).rejects.toMatchObject({
      code: "xqbus:unreadable",
      message: expect.stringContaining(`"${watched.folder}" cannot be read: it does not exist`) as string,
    });
    expect(watched.catalog.validate(NUMBER)).toEqual([]);
    renameSync(`${watched.folder}.away`, watched.folder);
    watched.write("A.xsd", withField("string"));
    expect(await watched.watcher.reload()).toMatchObject({ hasChanged: true, problems: [] });
    expect(watched.catalog.validate(WORD)).toEqual([]);
  });

  it("fails when there are too many files, and works again when they are gone", async () => {
    const watched = await Watched.of({ "A.xsd": withField("int") }, undefined, { maxSchemaFiles: 2 });
    watched.write("B.xsd", withField("int", "B"));
    watched.write("C.xsd", withField("int", "C"));
    await expect(watched.watcher.reload()).rejects.toMatchObject({ code: "xqbus:limit-exceeded" });
    expect(watched.catalog.eventNames).toEqual(["A"]);
    watched.remove("C.xsd");
    expect(await watched.watcher.reload()).toMatchObject({ added: ["B"] });
  });
});
