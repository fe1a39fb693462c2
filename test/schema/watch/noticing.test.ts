import { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { event, eventXsd, folderWith, xsd } from "../harness.ts";
import { NOTICING, Watched, withField } from "./harness.ts";

const WORD = event("<A><Field>one</Field></A>");
const NAME = xsd(`<xs:simpleType name="Name"><xs:restriction base="xs:int"/></xs:simpleType>`);
const USING = eventXsd("A", `<xs:element name="Field" type="e:Name"/>`).replace(
  "\n",
  `\n<xs:include schemaLocation="parts/Name.xsd"/>`,
);

const acceptsWords =
  ({ catalog }: Watched) =>
  (): boolean =>
    catalog.validate(WORD).length === 0;

describe.each([
  ["watch", NOTICING],
  ["watch by looking from time to time", { usePolling: true, pollMs: 10 }],
])("%s", (_, options) => {
  it.each([
    ["an edit", (watched: Watched): void => watched.write("A.xsd", withField("string"))],
    ["an editor's rename", (watched: Watched): void => watched.replace("A.xsd", withField("string"))],
    [
      "a file that is removed and written again",
      (watched: Watched): void => {
        watched.remove("A.xsd");
        watched.write("A.xsd", withField("string"));
      },
    ],
    [
      "a directory that is replaced as a whole",
      (watched: Watched): void => {
        renameSync(folderWith({ "A.xsd": withField("string") }), `${watched.folder}.new`);
        renameSync(watched.folder, `${watched.folder}.old`);
        renameSync(`${watched.folder}.new`, watched.folder);
        rmSync(`${watched.folder}.old`, { recursive: true });
      },
    ],
  ])("notices %s, and the next one", async (_name, change) => {
    const watched = await Watched.of({ "A.xsd": withField("int") }, options);
    change(watched);
    await watched.until(acceptsWords(watched));
    watched.write("A.xsd", withField("int"));
    await watched.until(() => !acceptsWords(watched)());
    expect(watched.errors.flat().filter(({ code }) => code !== "xqbus:unreadable")).toEqual([]);
  });

  it("notices a new and a removed file", async () => {
    const watched = await Watched.of({ "A.xsd": withField("int") }, options);
    watched.write("B.xsd", withField("int", "B"));
    await watched.until(() => watched.catalog.eventNames.includes("B"));
    watched.remove("B.xsd");
    await watched.until(() => !watched.catalog.eventNames.includes("B"));
    expect(watched.changes.map(({ added, removed }) => [added, removed])).toEqual([
      [["B"], []],
      [[], ["B"]],
    ]);
  });

  it("notices that the link that a directory is leads elsewhere, and edits there", async () => {
    const [first, second] = [folderWith({ "A.xsd": withField("int") }), folderWith({ "A.xsd": withField("string") })];
    const link = `${folderWith({})}/current`;
    symlinkSync(first, link);
    const watched = await Watched.at(link, options);
    symlinkSync(second, `${link}.new`);
    renameSync(`${link}.new`, link);
    await watched.until(acceptsWords(watched));
    watched.write("B.xsd", withField("int", "B"));
    await watched.until(() => watched.catalog.eventNames.includes("B"));
  });

  it("notices a helper in a sub-folder: edited, removed with its folder, and back again", async () => {
    const watched = await Watched.of({ "A.xsd": USING, "parts/Name.xsd": NAME }, options);
    watched.write("parts/Name.xsd", NAME.replace("xs:int", "xs:string"));
    await watched.until(acceptsWords(watched));
    watched.remove("parts");
    await watched.until(() => watched.catalog.eventNames.length === 0);
    watched.write("parts/Name.xsd", NAME.replace("xs:int", "xs:string"));
    await watched.until(acceptsWords(watched));
  });

  it("notices that a directory is gone and back, and says once that it is gone", async () => {
    const watched = await Watched.of({ "A.xsd": withField("int") }, options);
    rmSync(watched.folder, { recursive: true });
    await watched.until(() => watched.errors.some(([first]) => first?.code === "xqbus:unreadable"));
    expect(watched.catalog.eventNames).toEqual(["A"]);
    mkdirSync(watched.folder);
    watched.write("A.xsd", withField("string"));
    await watched.until(acceptsWords(watched));
    const failures = watched.errors.filter(([first]) => first?.code === "xqbus:unreadable");
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatchObject([{ file: watched.folder, line: 1 }]);
  });
});

describe("watch", () => {
  it("survives that a file takes the place of a directory above, and notices when it is back", async () => {
    const above = folderWith({ "in/schemas/A.xsd": withField("int") });
    const watched = await Watched.at(`${above}/in/schemas`, NOTICING);
    renameSync(`${above}/in`, `${above}/away`);
    writeFileSync(`${above}/in`, "a file");
    await watched.until(() => watched.errors.some(([first]) => first?.code === "xqbus:unreadable"));
    expect(watched.catalog.eventNames).toEqual(["A"]);
    rmSync(`${above}/in`);
    renameSync(`${above}/away`, `${above}/in`);
    watched.write("A.xsd", withField("string"));
    await watched.until(acceptsWords(watched));
  });

  it("notices what happened between loading and watching", async () => {
    const folder = folderWith({ "A.xsd": withField("int") });
    const { catalog } = await Watched.at(folder);
    const heard = new Promise((resolve) => {
      unlinkSync(`${folder}/A.xsd`);
      catalog.watch({ ...NOTICING, onReload: resolve });
    });
    expect(await heard).toMatchObject({ removed: ["A"] });
  });

  it("reads many edits once", async () => {
    const watched = await Watched.of({ "A.xsd": withField("int") }, { debounceMs: 50 });
    for (let i = 0; i < 100; i++) watched.write("A.xsd", withField("int").replace("Field", `Field${i}`));
    for (let i = 0; i < 100; i++) watched.write(`B${i}.xsd`, withField("int", `B${i}`));
    await watched.until(() => watched.catalog.eventNames.length > 1);
    expect(watched.changes).toHaveLength(1);
    expect(watched.catalog.eventNames).toHaveLength(101);
    expect(await watched.watcher.reload()).toMatchObject({ hasChanged: false });
  });

  it("reads edits that never stop, in between", async () => {
    const watched = await Watched.of({ "A.xsd": withField("int") }, { debounceMs: 60 });
    for (let i = 0; watched.changes.length < 2; i++) {
      watched.write("A.xsd", withField("int").replace("Field", `Field${i}`));
      await setImmediate();
    }
    expect(watched.errors.flat().every(({ file }) => file === watched.path("A.xsd"))).toBe(true);
  });

  it("does not read when other files change", async () => {
    const watched = await Watched.of({ "A.xsd": withField("int") }, NOTICING);
    const before = watched.catalog.model;
    watched.write("notes.txt", "nothing of interest");
    watched.write("other/B.xsd", withField("int", "B"));
    watched.write("C.xsd", withField("int", "C"));
    await watched.until(() => watched.changes.length > 0);
    expect(watched.changes).toMatchObject([{ added: ["C"], removed: [], files: [watched.path("C.xsd")] }]);
    expect(watched.catalog.model).not.toBe(before);
  });

  it.each([
    [{ debounceMs: -1 }, "debounceMs is -1; expected milliseconds, at least 0"],
    [{ debounceMs: Infinity }, "debounceMs is Infinity; expected milliseconds, at least 0"],
    [{ pollMs: 0 }, "pollMs is 0; expected milliseconds, at least 1"],
    [{ pollMs: NaN }, "pollMs is NaN; expected milliseconds, at least 1"],
  ])("refuses the options %j", async (options, message) => {
    const { catalog } = await Watched.of({ "A.xsd": withField("int") });
    expect(() => catalog.watch(options)).toThrow(
      expect.objectContaining({ code: "xqbus:illegal-argument", message }) as Error,
    );
  });
});
