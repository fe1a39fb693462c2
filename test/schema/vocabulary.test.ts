import { delimiter, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { defaultVocabulary, loadCatalog } from "../../src/schema/index.ts";
import { SHIPPED_DIRECTORY, defaultDirectories } from "../../src/schema/sources/default-directories.ts";
import { internName } from "../../src/xml/index.ts";
import { EVENTS, catalogWith, event, eventXsd, folderWith, xsd } from "./harness.ts";

describe("the vocabulary of a catalog", () => {
  it("has the names of all elements, global and local, in every namespace", async () => {
    const { vocabulary } = await catalogWith({
      "A.xsd": eventXsd("A", `<xs:element name="Id" type="xs:string"/><xs:element name="plain" form="unqualified"/>`),
      "X.xsd": xsd(`<xs:element name="Id"/>`, "urn:x"),
    });
    expect(vocabulary.namespace).toBe(EVENTS);
    expect(vocabulary.eventNames).toEqual(["A"]);
    expect(vocabulary.elementNames("A")).toEqual([internName(EVENTS, "A")]);
    expect(vocabulary.elementNames("Event")).toEqual([internName(EVENTS, "Event")]);
    expect(vocabulary.elementNames("Id")).toEqual([internName(EVENTS, "Id"), internName("urn:x", "Id")]);
    expect(vocabulary.elementNames("plain")).toEqual([internName("", "plain")]);
    expect(vocabulary.elementNames("constructor")).toEqual([]);
    expect(vocabulary.suggest("plian")).toBe("plain");
    expect(vocabulary.suggest("Q")).toBeUndefined();
  });

  it("does not have the names of files that were left out", async () => {
    const { vocabulary } = await catalogWith({ "A.xsd": eventXsd("A", `<xs:element name="Lost" type="e:Nope"/>`) });
    expect(vocabulary.elementNames("Lost")).toEqual([]);
  });
});

describe("without directories", () => {
  it("a catalog has the shipped event types", async () => {
    using catalog = await loadCatalog();
    expect(catalog.problems).toEqual([]);
    expect(catalog.eventNames).toContain("PhoneStatus");
  });

  it("the vocabulary is that of the shipped event types, read once", () => {
    const vocabulary = defaultVocabulary();
    expect(vocabulary.eventNames).toContain("PhoneStatus");
    expect(vocabulary.elementNames("Event")).toEqual([internName(EVENTS, "Event")]);
    expect(vocabulary.elementNames("CallerId")).toEqual([internName(EVENTS, "CallerId")]);
    expect(vocabulary.suggest("Statsu")).toBe("Status");
    expect(defaultVocabulary()).toBe(vocabulary);
  });

  it.each([
    ["the shipped ones", {}, "/", [SHIPPED_DIRECTORY]],
    [
      "those of XQBUS_SCHEMAS, then the shipped ones",
      { XQBUS_SCHEMAS: ["/a", "/b"].join(delimiter) },
      "/",
      ["/a", "/b", SHIPPED_DIRECTORY],
    ],
    ["not the empty ones of XQBUS_SCHEMAS", { XQBUS_SCHEMAS: delimiter }, "/", [SHIPPED_DIRECTORY]],
  ])("the directories are %s", (_, environment, workingDirectory, expected) => {
    expect(defaultDirectories(environment, workingDirectory)).toEqual(expected);
  });

  it("the directories are schemas/events of the working directory, if there is one, and the shipped ones", () => {
    const folder = folderWith({ "schemas/events/A.xsd": eventXsd("A") });
    expect(defaultDirectories({}, folder)).toEqual([join(folder, "schemas/events"), SHIPPED_DIRECTORY]);
    expect(defaultDirectories({}, resolve(folder, "schemas"))).toEqual([SHIPPED_DIRECTORY]);
  });

  it("a file hides a shipped one of the same name", async () => {
    const folder = folderWith({ "PhoneStatus.xsd": eventXsd("PhoneStatus"), "Own.xsd": eventXsd("Own") });
    process.env["XQBUS_SCHEMAS"] = folder;
    try {
      using catalog = await loadCatalog();
      expect(catalog.problems).toEqual([]);
      expect(catalog.eventNames).toEqual(expect.arrayContaining(["ClientPoll", "Own", "PhoneStatus"]));
      expect(catalog.validate(event("<PhoneStatus><Id/></PhoneStatus>"))).toEqual([]);
      expect(catalog.describe("PhoneStatus").file).toBe(join(folder, "PhoneStatus.xsd"));
    } finally {
      delete process.env["XQBUS_SCHEMAS"];
    }
  });

  it("a directory of XQBUS_SCHEMAS that does not exist is an error", async () => {
    process.env["XQBUS_SCHEMAS"] = "/does/not/exist";
    try {
      await expect(loadCatalog()).rejects.toMatchObject({ code: "xqbus:unreadable" });
    } finally {
      delete process.env["XQBUS_SCHEMAS"];
    }
  });
});
