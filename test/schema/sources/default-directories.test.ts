import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { resolveCatalogOptions } from "../../../src/schema/catalog-options.ts";
import { defaultDirectories, possibleDirectories } from "../../../src/schema/sources/default-directories.ts";
import { loadSources } from "../../../src/schema/sources/load-sources.ts";
import { folderWith } from "../harness.ts";

const SHIPPED = join(import.meta.dirname, "../../../schemas/events");

describe("the default directories", () => {
  it.each([
    ["nothing", {}, {}, []],
    ["schemas/events", {}, { "schemas/events/A.xsd": "" }, ["schemas/events"]],
    ["schemas without events", {}, { "schemas/A.xsd": "" }, []],
    ["a file called schemas", {}, { schemas: "" }, []],
  ])("are the shipped ones behind ./schemas/events, with %s there", (_, environment, files, expected) => {
    const folder = folderWith(files);
    expect(defaultDirectories(environment, folder)).toEqual([...expected.map((each) => join(folder, each)), SHIPPED]);
    expect(possibleDirectories(environment, folder)).toEqual([join(folder, "schemas/events"), SHIPPED]);
  });

  it("are those of XQBUS_SCHEMAS, separated like PATH, whether they exist or not", () => {
    const environment = { XQBUS_SCHEMAS: ["one", "", "/two"].join(process.platform === "win32" ? ";" : ":") };
    expect(defaultDirectories(environment, folderWith({}))).toEqual(["one", "/two", SHIPPED]);
  });

  it("with a file in the place of ./schemas/events are an error that names it", () => {
    const folder = folderWith({ "schemas/events": "no directory" });
    const directories = defaultDirectories({}, folder);
    expect(directories).toEqual([join(folder, "schemas/events"), SHIPPED]);
    expect(() => loadSources(resolveCatalogOptions({ directories }))).toThrow(
      expect.objectContaining({
        code: "xqbus:unreadable",
        message:
          `the schema directory "${join(folder, "schemas/events")}" cannot be read: it is not a directory; ` +
          "give directories that hold XSD files",
      }) as Error,
    );
  });
});
