import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  checkConsumer,
  eventsOf,
  findConsumers,
  TaskletConsumer,
  type HandledEvent,
  type TaskletConsumerOptions,
  type TaskletLog,
} from "../../src/tasklet/index.ts";
import { createTestBus, type TestBus } from "../../src/testing/index.ts";
import { moduleFolder, type ModuleFolder } from "../worker/module-folder.ts";

const EXAMPLE = join(import.meta.dirname, "..", "..", "examples", "customer-page");
const RETRY = { attempts: 3, backoff: { kind: "schedule", delaysMs: [1] }, jitter: 0 } as const;

let bus: TestBus;
let folder: ModuleFolder;
let logs: TaskletLog[];
let handled: HandledEvent[];
let errors: string[];
let given: { readonly error: string; readonly id: string | undefined }[];

beforeEach(() => {
  bus = createTestBus();
  folder = moduleFolder({});
  [logs, handled, errors, given] = [[], [], [], []];
});
afterEach(async () => {
  await bus.close();
  folder[Symbol.dispose]();
});

const open = (path = folder.path(""), options: TaskletConsumerOptions = {}): Promise<TaskletConsumer> =>
  TaskletConsumer.open(bus.url, findConsumers(path)[0]!, {
    ...{ retry: RETRY, reloadMs: 20, timeoutMs: 60_000 },
    onLog: (line) => logs.push(line),
    onHandled: (event) => handled.push(event),
    onError: (error) => errors.push(error.message.replaceAll(folder.path(""), "")),
    onDeadLetter: (letter) => given.push({ error: JSON.stringify(letter), id: letter.id }),
    ...options,
  });

async function publish(key: string, tags: string): Promise<void> {
  await using publisher = await bus.publisher();
  await eventsOf(publisher).publish(key, tags);
}

const texts = (): readonly string[] => logs.map(({ text }) => text);

describe("the customer-page example", () => {
  it("can work, as its check says", async () => {
    const [consumer] = findConsumers(EXAMPLE);
    expect(consumer?.name).toBe("customer-page.customer");
    const { config, tasklets, problems } = await checkConsumer(consumer!);
    expect([config?.eventKey.text, config?.workers, problems]).toEqual(["pylabs.event.sampleapp.osis.#", 3, []]);
    expect(tasklets.map(({ module }) => module.replace(/.*[\\/]/, ""))).toEqual(["delete-page.mjs", "write-page.mjs"]);
  });

  it("writes and removes pages with three workers, and loses nothing when one is killed", async () => {
    cpSync(EXAMPLE, folder.path("customer-page"), { recursive: true });
    const process3 = "customer-page/impl/events/customer";
    // Each event waits until it may go on, so that the killed process has one.
    folder.write({
      [`${process3}/a-wait.mjs`]: `
        import { existsSync, appendFileSync } from "node:fs";
        export const priority = 9;
        export async function main({ params }) {
          appendFileSync(${JSON.stringify(folder.path("begun"))}, process.pid + " " + params.eventId + " " + params.attempt + "\\n");
          while (!existsSync(${JSON.stringify(folder.path("go"))})) await new Promise((r) => setTimeout(r, 20));
        }`,
    });
    await using consumer = await open(folder.path("customer-page"));
    expect(consumer.pids).toHaveLength(3);
    const guids = Array.from({ length: 9 }, (_, index) => `guid-${index}`);
    for (const guid of guids) await publish("pylabs.event.sampleapp.osis.store.crm.customer", guid);
    await publish("pylabs.event.sampleapp.other", "not for us");
    const begun = (): readonly string[][] =>
      existsSync(folder.path("begun"))
        ? readFileSync(folder.path("begun"), "utf8")
            .trim()
            .split("\n")
            .map((line) => line.split(" "))
        : [];
    await vi.waitUntil(() => begun().length === 3, { timeout: 30_000 });
    const [victim, eventId] = begun()[0]!;
    process.kill(Number(victim), "SIGKILL");
    await vi.waitUntil(() => errors.length > 0, { timeout: 30_000 });
    folder.write({ go: "" });
    await vi.waitUntil(() => handled.length === 9, { timeout: 30_000 });
    expect(errors[0]).toMatch(/was killed by SIGKILL before there was a result/);
    expect(
      begun()
        .filter(([, id]) => id === eventId)
        .map(([, , attempt]) => attempt),
    ).toEqual(["1", "2"]);
    expect(new Set(begun().map(([pid]) => pid)).size).toBeGreaterThanOrEqual(3);
    expect(readdirSync(folder.path("customer-page/pages")).sort()).toEqual(guids.map((guid) => `${guid}.html`));
    await publish("pylabs.event.sampleapp.osis.delete.crm.customer", "guid-0");
    await vi.waitUntil(() => handled.length === 10, { timeout: 30_000 });
    expect(existsSync(folder.path("customer-page/pages/guid-0.html"))).toBe(false);
    expect(given).toEqual([]);
  });
});

describe("a consumer of a folder", () => {
  const log = "export const main = ({ params, tags }) => console.log(";

  it("runs the tasklets that match, the highest priority first", async () => {
    folder.write({
      "consumer.cfg": "[main]\nevent_key = app.#",
      "b.mjs": `${log}'b ' + params.eventBody + ' ' + tags.join('+'));`,
      "a.mjs": `${log}'a');`,
      "z.cjs": "exports.__priority__ = 5; exports.__tags__ = ['osis', 'store']; exports.main = () => console.log('z');",
      "never.mjs": `export const match = () => false;\n${log}'never');`,
      "_lib.mjs": "throw new Error('no tasklet');",
    });
    await using consumer = await open();
    await publish("app.osis.store", "x:1");
    await publish("app.osis.delete", "y");
    await vi.waitUntil(() => handled.length === 2, { timeout: 30_000 });
    expect(consumer.subscription).toBe(`xqbus.consumer.${consumer.name}`);
    expect(texts()).toEqual(["z", "a", "b x:1 app+osis+store", "a", "b y app+osis+delete"]);
  });

  it("gives up what its tasklets cannot do, with the reason, and runs the others once", async () => {
    folder.write({
      "consumer.cfg": "[main]\nevent_key = #",
      "a-broken.mjs": "export const main = (;",
      "b-exits.mjs": "export const main = () => process.exit(4);",
      "c-throws.mjs": "export const main = () => { throw new TypeError('wrong'); };",
      "d-works.mjs": `${log}'works ' + params.attempt);`,
    });
    await using consumer = await open();
    expect(consumer.pids).toHaveLength(1);
    await publish("any", "x");
    await vi.waitUntil(() => given.length === 1, { timeout: 30_000 });
    expect(texts().filter((text) => text.startsWith("works"))).toEqual(["works 1"]);
    expect(given[0]?.error).toMatch(/a-broken\.mjs cannot be loaded: .*a-broken\.mjs:1: SyntaxError/);
    expect(errors.join()).toMatch(/b-exits.mjs ended with exit code 4/);
    expect(errors.join()).toMatch(/c-throws.mjs failed: TypeError: wrong/);
  });

  it("tells what a tasklet has left running does after its event, and takes the next event", async () => {
    folder.write({
      "consumer.cfg": "[main]\nevent_key = #",
      "a.mjs": `
        import { existsSync } from "node:fs";
        export async function main({ params }) {
          if (params.eventKey !== "leave") return;
          const timer = setInterval(() => {
            if (!existsSync(${JSON.stringify(folder.path("go"))})) return;
            clearInterval(timer);
            console.log("still here");
            throw new Error("too late");
          }, 5);
        }`,
    });
    await using consumer = await open();
    const [pid] = consumer.pids;
    await publish("leave", "x");
    await vi.waitUntil(() => handled.length === 1, { timeout: 30_000 });
    folder.write({ go: "" });
    await vi.waitUntil(() => logs.length === 2, { timeout: 30_000 });
    expect(logs.map(({ level, text, module, eventId }) => [level, text, module, eventId])).toEqual([
      ["info", "still here", undefined, undefined],
      ["error", "what an earlier call has left behind threw: Error: too late", undefined, undefined],
    ]);
    await publish("other", "y");
    await vi.waitUntil(() => handled.length === 2, { timeout: 30_000 });
    expect([errors, given]).toEqual([[], []]);
    expect(consumer.pids).not.toContain(pid);
  });

  it("ends what does not end, and takes the next event", async () => {
    folder.write({
      "consumer.cfg": "[main]\nevent_key = #",
      "loop.mjs": `export const main = ({ params }) => { if (params.eventBody === "loop") for (;;); console.log("ended"); };`,
    });
    await using consumer = await open(folder.path(""), { timeoutMs: 500, retry: { attempts: 1 } });
    expect(consumer.pids).toHaveLength(1);
    await publish("any", "loop");
    await publish("any", "next");
    await vi.waitUntil(() => handled.length === 1, { timeout: 30_000 });
    expect(texts()).toEqual(["ended"]);
    expect(errors.join()).toMatch(/main of loop.mjs did not end within 500 ms/);
  });

  it("does not wait again and again for a module that does not end when it is loaded", async () => {
    folder.write({
      "consumer.cfg": "[main]\nevent_key = #",
      "endless.mjs": `import { appendFileSync } from "node:fs";
        appendFileSync(${JSON.stringify(folder.path("loads"))}, "x");
        for (;;);`,
      "works.mjs": `${log}params.eventBody);`,
    });
    await using consumer = await open(folder.path(""), { timeoutMs: 1000, retry: { attempts: 1 } });
    expect(consumer.pids).toHaveLength(1);
    for (const tags of ["1", "2", "3"]) await publish("any", tags);
    await vi.waitUntil(() => given.length === 3, { timeout: 30_000 });
    expect([texts(), readFileSync(folder.path("loads"), "utf8")]).toEqual([["1", "2", "3"], "x"]);
    expect(given[2]?.error).toMatch(/endless\.mjs.* did not end within 1000 ms/);
  });

  it("waits for settings that can be used, where it is to", async () => {
    folder.write({ "consumer.cfg": "[main]\nworkers = 0", "t.mjs": `${log}params.eventBody);` });
    await expect(open()).rejects.toMatchObject({ code: "xqbus:invalid-config" });
    await using consumer = await open(folder.path(""), { waitsForConfig: true });
    expect([consumer.pids, errors]).toEqual([[], ["consumer.cfg:1: [main] has no event_key"]]);
    const joined = vi.fn();
    void consumer.join().then(joined);
    folder.write({ "consumer.cfg": "[main]\nevent_key = a" });
    await vi.waitUntil(() => consumer.pids.length === 1, { timeout: 30_000 });
    await publish("a", "x");
    await vi.waitUntil(() => handled.length === 1, { timeout: 30_000 });
    expect(joined).not.toHaveBeenCalled();
    await consumer.close();
    await vi.waitUntil(() => joined.mock.calls.length === 1, { timeout: 30_000 });
  });

  it("takes changed settings also where another process shares its subscription", async () => {
    folder.write({ "consumer.cfg": "[main]\nevent_key = a", "t.mjs": `${log}params.eventBody);` });
    const configs: string[] = [];
    const onConfig: TaskletConsumerOptions["onConfig"] = ({ eventKey }) => configs.push(eventKey.text);
    // The second one looks when the first one has tried already.
    await using first = await open(folder.path(""), { onConfig });
    await using second = await open(folder.path(""), { onConfig, reloadMs: 700 });
    folder.write({ "consumer.cfg": "[main]\nevent_key = bb" });
    await vi.waitUntil(() => configs.length === 4, { timeout: 30_000 });
    expect([configs, first.pids.length, second.pids.length]).toEqual([["a", "a", "bb", "bb"], 1, 1]);
    await publish("bb", "x");
    await vi.waitUntil(() => handled.length === 1, { timeout: 30_000 });
    expect(errors.every((error) => error.includes("is in use with other filters"))).toBe(true);
  });

  it("takes changed tasklets and settings, and goes on with the old ones where the new ones are broken", async () => {
    folder.write({ "consumer.cfg": "[main]\nevent_key = a", "t.mjs": `${log}'first');` });
    const configs: string[] = [];
    await using consumer = await open(folder.path(""), { onConfig: ({ eventKey }) => configs.push(eventKey.text) });
    await publish("a", "x");
    await vi.waitUntil(() => handled.length === 1, { timeout: 30_000 });
    folder.write({ "t.mjs": `${log}'second time');`, "consumer.cfg": "[main]\nevent_key =" });
    await vi.waitUntil(() => errors.length === 1, { timeout: 30_000 });
    await publish("a", "x");
    await vi.waitUntil(() => handled.length === 2, { timeout: 30_000 });
    folder.write({ "consumer.cfg": "[main]\nevent_key = b\nworkers = 2" });
    await vi.waitUntil(() => configs.length === 2 && consumer.pids.length === 2, { timeout: 30_000 });
    await publish("b", "x");
    await vi.waitUntil(() => handled.length === 3, { timeout: 30_000 });
    expect([texts(), configs]).toEqual([
      ["first", "second time", "second time"],
      ["a", "b"],
    ]);
    expect(errors).toEqual(["consumer.cfg:2: an event key must have 1 to 255 characters, got 0"]);
  });

  it("lets tasklets publish", async () => {
    folder.write({
      "consumer.cfg": "[main]\nevent_key = order.#",
      "t.mjs": `import { events } from "xqbus/tasklet";
        export const match = ({ tags }) => tags.includes("new");
        export const main = ({ params }) => events.publish("order.done", "from:" + params.eventBody);`,
      "u.mjs": `export const match = ({ tags }) => tags.includes("done");\n${log}params.eventBody);`,
    });
    await using consumer = await open();
    expect(consumer.name).not.toBe("");
    await publish("order.new", "7");
    await vi.waitUntil(() => handled.length === 2, { timeout: 30_000 });
    expect(texts()).toEqual(["from:7"]);
    expect(bus.events.map((event) => event.toString())).toEqual([
      expect.stringContaining("<Label>7</Label>"),
      expect.stringContaining('<Tag name="from">7</Tag>'),
    ]);
  });
});

describe("a folder without a consumer", () => {
  it("is refused", () => {
    expect(() => findConsumers(folder.path(""))).toThrow(/there is no consumer in .*neither consumer\.cfg/);
    expect(() => findConsumers(folder.path("gone"))).toThrow(/cannot be read/);
  });
});
