import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startBroker } from "../../../src/broker/index.ts";
import type { AccessRule, Broker } from "../../../src/broker/index.ts";
import { SQLITE, describeWith } from "../../helpers/requirements.ts";
import { event } from "../../schema/harness.ts";
import { RheaClient } from "../rhea-client.ts";
import type { TestReceiver } from "../rhea-client.ts";

const TOPIC = "org.clacks";
const USERS = { ada: "a", bob: "b" };
const RULES: readonly AccessRule[] = [
  { effect: "allow", user: "ada", action: "*" },
  { effect: "allow", user: "bob", action: "create" },
  { effect: "allow", user: "bob", action: "consume", event: "PhoneStatus" },
];
const PHONE = event("<PhoneStatus/>");
const LEAVE = event("<ClientLeave/>");

let folder: string;
let broker: Broker;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "xqbus-access-"));
});
afterEach(async () => {
  await broker.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(rules: readonly AccessRule[] | undefined = RULES): Promise<void> {
  broker = await startBroker({ users: USERS, ...(rules === undefined ? {} : { rules }), store: { folder } });
}

function connect(user: string): Promise<RheaClient> {
  return RheaClient.connect(broker.url(user), { container_id: user });
}

async function subscribe(client: RheaClient): Promise<TestReceiver> {
  return client.receiver({ address: TOPIC, durable: 2, expiry_policy: "never" }, { name: "kept" });
}

async function publish(): Promise<void> {
  const sender = await (await connect("ada")).sender(TOPIC);
  for (const body of [LEAVE, PHONE]) expect(await sender.send(body)).toEqual({ outcome: "accepted" });
}

describeWith([SQLITE], "The kept subscription of a user who may not receive everything", () => {
  it("gets what the user may receive, also what comes between a restart and its next link", async () => {
    await start();
    const bob = await connect("bob");
    (await subscribe(bob)).link.detach();
    await bob.settle();
    await publish();
    await broker.close();
    await start();
    await publish();
    expect(broker.management.subscriptions()).toMatchObject([{ kept: true, messages: 2 }]);
    const receiver = await subscribe(await connect("bob"));
    await publish();
    receiver.credit(10);
    expect((await receiver.take(3)).map(({ body }) => body)).toEqual([PHONE, PHONE, PHONE]);
  });

  it("does not get what was queued before the broker was started with other rules", async () => {
    await start([{ effect: "allow", user: "*", action: "*" }]);
    const bob = await connect("bob");
    (await subscribe(bob)).link.detach();
    await bob.settle();
    await publish();
    await broker.close();
    await start();
    const receiver = await subscribe(await connect("bob"));
    receiver.credit(10);
    expect((await receiver.next()).body).toEqual(PHONE);
    expect(broker.counts.withheld).toBe(1);
  });
});
