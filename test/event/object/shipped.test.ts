import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Event, fromJson, fromObject, toJson, toObject } from "../../../src/event/index.ts";
import { loadCatalog, type Catalog } from "../../../src/schema/index.ts";
import { canonical, throughJson } from "./harness.ts";

const FIXTURES = join(import.meta.dirname, "../../fixtures/events");
const SCHEMAS = join(import.meta.dirname, "../../../schemas/events");

const files = readdirSync(FIXTURES).flatMap((type) =>
  readdirSync(join(FIXTURES, type))
    .filter((name) => name.startsWith("valid-"))
    .map((name) => `${type}/${name}`),
);

describe("a shipped event", () => {
  let catalog: Catalog;
  beforeAll(async () => {
    catalog = await loadCatalog({ directories: [SCHEMAS] });
  });
  afterAll(() => catalog.close());

  it.each(files)("%s is the same after it was an object, and JSON", (file) => {
    const event = Event.parse(readFileSync(join(FIXTURES, file)), { catalog });
    const content = toObject(event, catalog);
    expect(throughJson(content)).toStrictEqual(content);
    const back = fromObject(event.name, content, catalog);
    expect(catalog.validate(back)).toEqual([]);
    expect(canonical(back, catalog)).toEqual(canonical(event, catalog));
    expect(toObject(back, catalog)).toStrictEqual(content);
    expect(fromJson(JSON.stringify(event), catalog).toString()).toBe(back.toString());
  });

  it.each(readdirSync(FIXTURES).flatMap((type) => readdirSync(join(FIXTURES, type)).map((name) => `${type}/${name}`)))(
    "%s, valid or not, has a content that JSON keeps",
    (file) => {
      const bytes = readFileSync(join(FIXTURES, file));
      let event: Event;
      try {
        event = Event.parse(bytes, { catalog });
      } catch {
        return;
      }
      const json = toJson(event, catalog);
      expect(throughJson(json)).toStrictEqual(json);
    },
  );

  it("has the fields in the types of the schema", () => {
    const event = Event.parse(readFileSync(join(FIXTURES, "PuppetReport/valid-full.xml")), { catalog });
    expect(event.content["PuppetLog"]).toMatchObject([
      { Timestamp: 1310479790.5, Level: "notice", Line: 17, Tag: { value: ["notice", "service", "ntp"] } },
      { Timestamp: 1310479801.25, Version: "" },
      { Message: "Finished catalog run in 12.81 seconds" },
    ]);
  });
});
