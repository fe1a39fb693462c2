import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { Libxml2 } from "../../src/schema/engine/libxml2.ts";
import { catalogWith, event, eventXsd } from "./harness.ts";

const PACKAGE = pathToFileURL(join(import.meta.dirname, "../../dist/index.js")).href;

/** In a process of its own, whose memory holds nothing else: validates events, every second one invalid, and tells how memory grew. */
const VALIDATE_MANY = `
  import { loadCatalog } from ${JSON.stringify(PACKAGE)};
  const [warmUp, count] = process.argv.slice(1).map(Number);
  const catalog = await loadCatalog();
  const event = (index) => Buffer.from(
    '<?xml version="1.0" encoding="UTF-8"?><Event xmlns="http://www.gonicus.de/Events"><PhoneStatus>' +
    "<CallerId>" + index + "</CallerId><ReceiverId>2</ReceiverId>" +
    (index % 2 ? "<Status>busy</Status>" : "<Status" + (index % 5000) + "/>") + "</PhoneStatus></Event>");
  let invalid = 0;
  const run = (from, to) => { for (let i = from; i < to; i++) if (catalog.validate(event(i)).length > 0) invalid++; };
  // What is left when V8 has collected its garbage and given pages back, which it does in the background.
  const measure = async () => {
    const samples = [];
    for (let i = 0; i < 10; i++) { gc(); await new Promise((done) => setTimeout(done, 20)); samples.push(process.memoryUsage()); }
    return { rss: Math.min(...samples.map(({ rss }) => rss)), heap: Math.min(...samples.map(({ heapUsed }) => heapUsed)) };
  };
  run(0, warmUp);
  let before = await measure();
  // Compilers and allocators settle once; what leaks grows in every window.
  const windows = [];
  for (let i = 0; i < 3; i++) {
    run(warmUp, warmUp + count);
    const after = await measure();
    windows.push({ rss: after.rss - before.rss, heap: after.heap - before.heap });
    before = after;
  }
  console.log(JSON.stringify({ invalid, rss: Math.min(...windows.map(({ rss }) => rss)), heap: Math.min(...windows.map(({ heap }) => heap)) }));
`;

describe("memory", () => {
  const [warmUp, count] = process.env["XQBUS_FULL"] === "1" ? [100_000, 1_000_000] : [20_000, 50_000];

  it(`does not grow by more than 5 MB in ${count} validations, half of them of invalid events`, () => {
    const args = ["--expose-gc", "--input-type=module", "-e", VALIDATE_MANY, String(warmUp), String(count)];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 600_000 });
    expect(stderr).toBe("");
    const growth = JSON.parse(stdout) as { readonly invalid: number; readonly rss: number; readonly heap: number };
    expect(growth.invalid).toBe((warmUp + 3 * count) / 2);
    expect(growth.rss).toBeLessThan(5_000_000);
    expect(growth.heap).toBeLessThan(500_000);
  }, 600_000);

  it("of the engine does not grow with the number of documents, valid or not", async () => {
    const engine = await Libxml2.load({ maxErrors: 100 });
    const schema = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a" type="xs:int"/></xs:schema>`;
    expect(engine.compile(new Map([["mem:/a.xsd", schema]]), "mem:/a.xsd")).toEqual([]);
    const round = (): void => {
      for (const text of ["<a>1</a>", "<a>x</a>", "<b/>", "<a>", "<a><b/></a>"]) engine.validate(text);
    };
    for (let i = 0; i < 2_000; i++) round();
    const before = engine.memoryBytes;
    for (let i = 0; i < 20_000; i++) round();
    expect(engine.memoryBytes).toBe(before);
    engine.close();
  });

  it("of the engine does not grow with the number of schemas, compiled or not", async () => {
    const engine = await Libxml2.load({ maxErrors: 100 });
    const compile = (type: string): number => {
      const schema = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a" type="${type}"/></xs:schema>`;
      return engine.compile(new Map([["mem:/a.xsd", schema]]), "mem:/a.xsd").length;
    };
    const round = (): void => {
      expect(compile("xs:int")).toBe(0);
      expect(compile("xs:nope")).toBe(1);
      expect(compile("<")).toBeGreaterThan(0);
    };
    for (let i = 0; i < 200; i++) round();
    const before = engine.memoryBytes;
    for (let i = 0; i < 2_000; i++) round();
    expect(engine.memoryBytes).toBe(before);
    engine.close();
  });

  it("and answer stay bounded for a document with 100 000 mistakes", async () => {
    const catalog = await catalogWith({
      "A.xsd": eventXsd("A", `<xs:element name="n" type="xs:int" maxOccurs="unbounded"/>`),
    });
    const document = event(`<A>${"<n>x</n>".repeat(100_000)}</A>`);
    const problems = catalog.validate(document);
    expect(problems).toHaveLength(101);
    expect(problems[100]).toMatchObject({ code: "xqbus:limit-exceeded" });
    expect(problems[99]).toMatchObject({ path: "/Event/A/n[100]", code: "cvc-datatype-valid.1.2.1" });

    const few = await catalogWith({ "A.xsd": eventXsd("A") }, { maxProblems: 1 });
    expect(few.validate(event(`<A x="1" y="2"/>`))).toHaveLength(2);
  });
});
