import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { AMQPEventConsumer, EventPublisher } from "../../src/amqp/index.ts";
import { Command, type Outcome } from "./command.ts";
import { describeWith, SQLITE } from "../helpers/requirements.ts";

const WAIT = { timeout: 60_000, interval: 50 };

function status(caller: string): string {
  const fields = `<CallerId>${caller}</CallerId><ReceiverId>2</ReceiverId><Status>busy</Status>`;
  return `<Event xmlns="http://www.gonicus.de/Events"><PhoneStatus>${fields}</PhoneStatus></Event>`;
}
function leave(id: string): string {
  return `<Event xmlns="http://www.gonicus.de/Events"><NodeLeave><Id>${id}</Id></NodeLeave></Event>`;
}

describeWith([SQLITE], "replay by a daemon to one subscription", () => {
  let folder: string;
  let daemon: Command;
  let http: string;
  let url: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "xqbus-replay-"));
    const file = join(folder, "xqbus.toml");
    // Of the phones nothing is archived: they are what nobody wants.
    const archive = `[archive]\nxquery = '//e:NodeLeave'\n`;
    const listen = `[broker]\nport = 0\n[http]\nport = 0\nauth = "none"\n[agent]\nenabled = false\n`;
    writeFileSync(file, `${listen}[storage]\nfolder = "${join(folder, "bus")}"\n${archive}`);
    daemon = new Command(["serve", "--json", "--config", file, "--user", "admin:secret"]);
    await daemon.prints("stdout", "\n");
    ({ url, http } = JSON.parse(daemon.stdout) as { readonly url: string; readonly http: string });
    url = url.replace("***", "secret");
  });
  afterEach(async () => {
    daemon.signal("SIGKILL");
    await daemon.ended;
    rmSync(folder, { recursive: true, force: true });
  });

  const xqbus = (...args: readonly string[]): Promise<Outcome> => new Command(args, "", { XQBUS_HTTP: http }).ended;
  const replay = async (body: object): Promise<readonly [status: number, body: unknown]> => {
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${http}/archive/replay`, { method: "POST", headers, body: JSON.stringify(body) });
    return [response.status, await response.json()];
  };
  /** A durable subscription that nobody consumes from. */
  const subscribe = async (name: string, xquery: string): Promise<void> => {
    const consumer = await AMQPEventConsumer.open(url, { durable: name, xquery, callback: () => undefined });
    await consumer.close();
  };
  /** Ids, with `!` for those that are marked as replayed. */
  const received = async (name: string, xquery: string, count: number): Promise<readonly string[]> => {
    const got: string[] = [];
    await using consumer = await AMQPEventConsumer.open(url, {
      ...{ durable: name, xquery },
      callback: (_event, { properties: { messageId, applicationProperties } }) =>
        void got.push(`${messageId}${applicationProperties["xqbus_replayed"] === undefined ? "" : "!"}`),
    });
    await expect.poll(() => got.length, WAIT).toBe(count);
    expect(consumer.status).toBe("connected");
    return got;
  };

  it("sends what nobody wanted, and archived events, to that one alone, after saying how many", async () => {
    await using publisher = await EventPublisher.open(url);
    for (const id of ["1", "2", "3"]) await publisher.sendEvent(status(id), { messageId: `p${id}` });
    for (const id of ["1", "2"]) await publisher.sendEvent(leave(id), { messageId: `l${id}` });
    await expect.poll(async () => (await xqbus("archive", "stats", "--json")).stdout, WAIT).toContain('"events":2');
    const filters = { phones: '//e:CallerId != "1"', leaves: "//e:NodeLeave", others: "//e:Event" };
    for (const [name, filter] of Object.entries(filters)) await subscribe(name, filter);
    const unrouted = ["archive", "replay", "--from", "unrouted", "--type", "PhoneStatus"];
    const misspelt = await xqbus(...unrouted, "--to-subscription", "phone");
    expect([misspelt.code, misspelt.stderr]).toEqual([
      1,
      'xqbus: the broker has no subscription "phone" that is kept or shared; did you mean "phones"?\n',
    ]);
    expect((await xqbus(...unrouted, "--to-subscription", "phones", "--dry-run")).stdout).toBe(
      "2 events would be sent to the subscription phones; 1 other is not wanted there\n",
    );
    const some = [...unrouted, "--xquery", '//e:CallerId != "3"', "--to-subscription", "org.clacks phones"];
    expect(await xqbus(...some, "--json")).toEqual({
      code: 0,
      stdout: '{"matched":2,"sent":1,"unwanted":1}\n',
      stderr: "",
    });
    const rest = { from: "unrouted", toSubscription: "phones", rate: "1000/s", progress: false };
    expect(await replay({ ...rest, dryRun: true })).toEqual([200, { matched: 2, sent: 0, unwanted: 1 }]);
    expect(await replay(rest)).toEqual([200, { matched: 2, sent: 1, unwanted: 1 }]);
    const archived = { toSubscription: "leaves", xquery: '//e:Id = "2"' };
    expect(await replay({ ...archived, dryRun: true })).toEqual([200, { matched: 1, sent: 0, unwanted: 0 }]);
    expect(await replay(archived)).toEqual([200, { matched: 1, sent: 1, unwanted: 0 }]);
    // An address takes the rest of what nobody wanted.
    expect((await xqbus("archive", "replay", "--from", "unrouted", "--to", "queue://rest")).stdout).toBe(
      "1 events were sent to queue://rest\n",
    );
    expect(await received("phones", filters.phones, 2)).toEqual(["p2!", "p3!"]);
    expect(await received("leaves", filters.leaves, 1)).toEqual(["l2!"]);
    expect(await received("others", filters.others, 0)).toEqual([]);
    const queues = (await (await fetch(`${http}/broker/queues`)).json()) as { readonly items: readonly object[] };
    expect(queues.items).toMatchObject([{ address: "rest", messages: 1 }]);
  });

  it("says what is wrong with a request", async () => {
    const both = { code: "xqbus:illegal-argument", detail: "a replay needs one of to and toSubscription" };
    expect(await replay({})).toMatchObject([400, both]);
    expect(await replay({ to: "a", toSubscription: "b" })).toMatchObject([400, both]);
    expect(await replay({ toSubscription: "b" })).toMatchObject([422, { code: "xqbus:unknown-name" }]);
    expect(await replay({ from: "unrouted", to: "a", after: 1 })).toMatchObject([
      400,
      { code: "xqbus:illegal-argument" },
    ]);
    expect(await replay({ from: "elsewhere", to: "a" })).toMatchObject([400, { code: "xqbus:illegal-argument" }]);
    expect((await xqbus("archive", "replay")).code).toBe(2);
    expect((await xqbus("archive", "replay", "--to", "a", "--to-subscription", "b")).code).toBe(2);
    const database = `sqlite:${join(folder, "bus", "archive.db")}`;
    for (const args of [
      ["--to-subscription", "b"],
      ["--from", "unrouted", "--to", "b"],
    ]) {
      const { code, stderr } = await xqbus("archive", "replay", "--database", database, ...args);
      expect([code, stderr]).toEqual([1, expect.stringContaining("needs a daemon, because its broker has") as string]);
    }
  });
});
