import fc from "fast-check";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { catalogOf, event, eventXsd, folderWith, xsd } from "../harness.ts";
import { Watched } from "./harness.ts";

/** What each file can be, good and bad; they include, use and contradict each other. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  "A.xsd": [
    eventXsd("A", `<xs:element name="Field" type="xs:int"/>`),
    eventXsd("A", `<xs:element name="Field" type="xs:string"/>`),
    eventXsd("A", `<xs:element name="Field" type="e:Name"/>`),
    "<",
  ],
  "B.xsd": [
    eventXsd("B", `<xs:element name="Field" type="e:Name"/>`).replace(
      "\n",
      `\n<xs:include schemaLocation="parts/Name.xsd"/>`,
    ),
    eventXsd("B", `<xs:element name="Field" type="e:A"/>`),
    eventXsd("B", `<xs:element name="Field" type="xs:itn"/>`),
    eventXsd("A", `<xs:element name="Field" type="xs:int"/>`),
  ],
  "C.xsd": [
    eventXsd("C", `<xs:element name="Field" type="xs:int"/>`).replace("\n", `\n<xs:include schemaLocation="B.xsd"/>`),
    eventXsd("C", `<xs:element name="Field" type="e:Nope"/>`),
    xsd(`<xs:element name="C" substitutionGroup="e:A" type="e:A"/>`),
  ],
  "parts/Name.xsd": [
    xsd(`<xs:simpleType name="Name"><xs:restriction base="xs:int"/></xs:simpleType>`),
    xsd(`<xs:simpleType name="Name"><xs:restriction base="xs:string"/></xs:simpleType>`),
    xsd(`<xs:simpleType name="Nmae"><xs:restriction base="xs:string"/></xs:simpleType>`),
    "<xs:schema",
  ],
};

const NAMES = Object.keys(TEXTS);
const IS_FULL = process.env["XQBUS_FULL"] === "1";
/** A busy machine takes a second for each history. */
const TIMEOUT_MS = IS_FULL ? 600_000 : 60_000;

const DOCUMENTS = ["A", "B", "C"].flatMap((name) =>
  ["1", "one", "<Field>1</Field>", ""].map((value) => event(`<${name}><Field>${value}</Field></${name}>`)),
);

/** Writes (an index of a text) or removes (undefined) one file. */
const edit = fc.constantFrom(...NAMES).chain((name) =>
  fc.record({
    name: fc.constant(name),
    text: fc.option(fc.nat({ max: (TEXTS[name]?.length ?? 1) - 1 }), { nil: undefined, freq: 4 }),
  }),
);

/** A file that is removed. */
function gone(name: string): { readonly name: string; readonly text: undefined } {
  return { name, text: undefined };
}
/** What happens between two reloads. */
const history = fc.array(fc.array(edit, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 5 });

function filesIn(watched: Watched): ReadonlyMap<string, string> {
  return new Map(
    NAMES.flatMap((name) => {
      try {
        return [[name, readFileSync(watched.path(name), "utf8")] as const];
      } catch {
        return [];
      }
    }),
  );
}

/** Without helpers, which are in effect only while a file includes them. */
function topLevel(files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...files].filter(([name]) => !name.includes("/")));
}

describe("a watched catalog", () => {
  it(
    "is after each reload what a fresh one of the files in effect would be",
    async () => {
      await fc.assert(
        fc.asyncProperty(history, async (rounds) => {
          const watched = await Watched.of({
            "A.xsd": TEXTS["A.xsd"]![0]!,
            "B.xsd": TEXTS["B.xsd"]![0]!,
            "parts/Name.xsd": TEXTS["parts/Name.xsd"]![0]!,
          });
          /** The texts in effect, as far as the changes tell. */
          const effective = new Map(filesIn(watched));
          let good = new Map(effective);
          for (const edits of rounds) {
            for (const { name, text } of edits) {
              if (text !== undefined) watched.write(name, TEXTS[name]![text]!);
              else if (filesIn(watched).has(name)) watched.remove(name);
            }
            const { files, problems } = await watched.watcher.reload();
            const onDisk = filesIn(watched);
            const reported = new Set(problems.map(({ file }) => file));
            for (const path of files) {
              const name = path.slice(watched.folder.length + 1);
              const text = onDisk.get(name);
              // Without effect though it is on disk: what it needs is gone, or a file before it declares one of its names.
              if (text === undefined || reported.has(path)) effective.delete(name);
              else effective.set(name, text);
            }
            const folder = folderWith(Object.fromEntries(effective));
            const fresh = await catalogOf(folder);
            expect(fresh.problems).toEqual([]);

            // What is on disk and not in effect is reported.
            for (const [name, text] of topLevel(onDisk))
              if (effective.get(name) !== text) expect(reported).toContain(watched.path(name));
            // What is in effect and not on disk is the last good text.
            for (const [name, text] of effective) if (onDisk.get(name) !== text) expect(good.get(name)).toBe(text);

            expect(watched.catalog.eventNames).toEqual(fresh.eventNames);
            for (const document of DOCUMENTS) {
              const expected = JSON.stringify(fresh.validate(document)).replaceAll(folder, watched.folder);
              expect(watched.catalog.validate(document)).toEqual(JSON.parse(expected));
            }
            // Where files as they are would do, they are in effect, all of them.
            const plain = await catalogOf(folderWith(Object.fromEntries(onDisk)));
            if (plain.problems.length === 0) {
              expect(problems).toEqual([]);
              expect(topLevel(effective)).toEqual(topLevel(onDisk));
            } else expect(problems).not.toEqual([]);
            good = new Map(effective);
            fresh.close();
            plain.close();
          }
          await watched.watcher.close();
          watched.catalog.close();
        }),
        {
          numRuns: IS_FULL ? 100 : 10,
          examples: [
            [[[gone("parts/Name.xsd")], [gone("B.xsd")]]],
            [[[gone("A.xsd"), { name: "B.xsd", text: 3 }], [{ name: "A.xsd", text: 2 }]]],
          ],
        },
      );
    },
    TIMEOUT_MS,
  );
});
