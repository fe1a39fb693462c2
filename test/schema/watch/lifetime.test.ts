import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { event, eventXsd, folderWith, catalogOf } from "../harness.ts";
import { BY_HAND, NOTICING, Watched, withField } from "./harness.ts";

const PACKAGE = pathToFileURL(join(import.meta.dirname, "../../../dist/index.js")).href;
const NUMBER = event("<A><Field>1</Field></A>");
const WORD = event("<A><Field>one</Field></A>");

describe("the watching of a catalog", () => {
  it.each([
    ["its watcher is closed", async ({ watcher }: Watched) => watcher.close()],
    ["its watcher goes out of scope", async ({ watcher }: Watched) => watcher[Symbol.asyncDispose]()],
    ["its signal is aborted", async (_: Watched, controller: AbortController) => controller.abort()],
  ])("ends when %s; the catalog stays as it is and works", async (_, end) => {
    const controller = new AbortController();
    const watched = await Watched.of({ "A.xsd": withField("int") }, { ...BY_HAND, signal: controller.signal });
    await end(watched, controller);
    watched.write("A.xsd", withField("string"));
    await expect(watched.watcher.reload()).rejects.toMatchObject({
      code: "xqbus:already-closed",
      message: "the watching of the catalog has ended",
    });
    await watched.watcher.close();
    expect(watched.catalog.validate(WORD)).toHaveLength(1);
    expect(watched.changes).toEqual([]);
    await using again = watched.catalog.watch(BY_HAND);
    expect(await again.reload()).toMatchObject({ hasChanged: true });
    expect(watched.catalog.validate(WORD)).toEqual([]);
  });

  it("does not begin when the signal was aborted before", async () => {
    const catalog = await catalogOf(folderWith({ "A.xsd": withField("int") }));
    const watcher = catalog.watch({ signal: AbortSignal.abort() });
    await expect(watcher.reload()).rejects.toMatchObject({ code: "xqbus:already-closed" });
  });

  it("ends with the catalog", async () => {
    const watched = await Watched.of({ "A.xsd": withField("int") }, NOTICING);
    watched.catalog.close();
    await expect(watched.watcher.reload()).rejects.toMatchObject({ code: "xqbus:already-closed" });
    expect(() => watched.catalog.watch()).toThrow(
      expect.objectContaining({ code: "xqbus:already-closed", message: "the catalog is closed" }) as Error,
    );
  });

  it("that is closed waits for the reload that goes on, which still counts", async () => {
    const watched = await Watched.of({ "A.xsd": withField("int") });
    watched.write("A.xsd", withField("string"));
    const reload = watched.watcher.reload();
    await watched.watcher.close();
    expect(watched.catalog.validate(WORD)).toEqual([]);
    expect(await reload).toMatchObject({ hasChanged: true });
    expect(watched.changes).toEqual([]);
  });

  it("frees what a reload makes when the catalog is closed meanwhile, and says so", async () => {
    const watched = await Watched.of({ "A.xsd": withField("int") });
    watched.write("A.xsd", withField("string"));
    const reload = watched.watcher.reload();
    watched.catalog.close();
    await expect(reload).rejects.toMatchObject({ code: "xqbus:already-closed", message: "the catalog is closed" });
    expect(() => watched.catalog.validate(NUMBER)).toThrow("the catalog is closed");
    expect(watched.changes).toEqual([]);
  });

  it("is not harmed by callbacks that throw: they are a warning of the process", async () => {
    const warnings: string[] = [];
    const listen = (warning: Error): void => void warnings.push(warning.message);
    process.on("warning", listen);
    const fail = (): never => {
      throw new Error("on purpose");
    };
    const watched = await Watched.of({ "A.xsd": withField("int") }, { ...BY_HAND, onReload: fail, onError: fail });
    watched.write("A.xsd", withField("string"));
    watched.write("B.xsd", "<");
    expect(await watched.watcher.reload()).toMatchObject({ hasChanged: true });
    expect(watched.catalog.validate(WORD)).toEqual([]);
    watched.remove("B.xsd");
    expect(await watched.watcher.reload()).toMatchObject({ problems: [] });
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", listen);
    expect(warnings).toEqual(Array<string>(3).fill("a callback of Catalog.watch threw: Error: on purpose"));
  });

  it("may be ended by its own callback", async () => {
    const controller = new AbortController();
    const watched = await Watched.of(
      { "A.xsd": withField("int") },
      { ...BY_HAND, signal: controller.signal, onReload: () => controller.abort() },
    );
    watched.write("A.xsd", withField("string"));
    expect(await watched.watcher.reload()).toMatchObject({ hasChanged: true });
    await expect(watched.watcher.reload()).rejects.toMatchObject({ code: "xqbus:already-closed" });
  });

  it.each([
    ["system", "{}"],
    ["looks", "{ usePolling: true, pollMs: 5 }"],
  ])("by the %s does not keep the process alive", (_, options) => {
    const folder = folderWith({ "A.xsd": withField("int") });
    const script = `
      import { loadCatalog } from ${JSON.stringify(PACKAGE)};
      const catalog = await loadCatalog({ directories: [${JSON.stringify(folder)}] });
      catalog.watch(${options});
      console.log("watching");`;
    const args = ["--input-type=module", "-e", script];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 50_000 });
    expect({ stdout, stderr, status }).toEqual({ stdout: "watching\n", stderr: "", status: 0 });
  });
});

describe("a document that is judged while files change", () => {
  const many = (type: string): string =>
    eventXsd("A", `<xs:element name="n" type="xs:${type}" maxOccurs="unbounded"/>`);
  const list = (items: number, last: string): string => event(`<A>${"<n>1</n>".repeat(items)}<n>${last}</n></A>`);

  it("is judged by the schemas that it was given to; the next one by the new ones", async () => {
    const watched = await Watched.of({ "A.xsd": many("int") }, BY_HAND, { maxInlineBytes: 1000 });
    const { catalog } = watched;
    await catalog.validateAsync(list(500, "1"));
    watched.write("A.xsd", many("string"));
    const before = [catalog.validateAsync(list(60_000, "one")), catalog.validateAsync(list(60_000, "1"))];
    await watched.watcher.reload();
    const after = catalog.validateAsync(list(60_000, "one"));
    expect(await before[0]).toMatchObject([{ path: "/Event/A/n[60001]", code: "cvc-datatype-valid.1.2.1" }]);
    expect(await before[1]).toEqual([]);
    expect(await after).toEqual([]);
  });

  it("is judged by the schemas that it was given to, also when they change before the worker has begun", async () => {
    const watched = await Watched.of({ "A.xsd": many("int") }, BY_HAND, { maxInlineBytes: 1000 });
    const judged: Promise<readonly unknown[]>[] = [];
    for (const type of ["string", "int", "string"]) {
      judged.push(watched.catalog.validateAsync(list(500, "one")));
      watched.write("A.xsd", many(type));
      await watched.watcher.reload();
    }
    expect((await Promise.all(judged)).map(({ length }) => length)).toEqual([1, 0, 1]);
  });
});
