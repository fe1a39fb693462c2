import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { AMQPEventConsumer } from "../../src/amqp/index.ts";
import { describeWith, SQLITE } from "../helpers/requirements.ts";
import { Command } from "./command.ts";

const PATIENT = { timeout: 20_000 };

/** An event type as a file, with more in its sequence. */
function xsd(more: string): string {
  return `<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.gonicus.de/Events" elementFormDefault="qualified">
  <element name="Order"><complexType><sequence><element name="Number" type="integer"/>${more}</sequence></complexType></element>
</schema>`;
}

interface Letter {
  readonly id: string;
  readonly kind: string;
  readonly subscription: string;
  readonly redrives: number;
}

describeWith([SQLITE], "xqbus dlq with a daemon", () => {
  let root: string;
  let daemon: Command;
  let receiver: Server;
  let env: Readonly<Record<string, string>>;
  let bus: string;
  let status = 500;
  const received: string[] = [];

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), "xqbus-dlq-"));
    mkdirSync(join(root, "schemas"));
    writeFileSync(join(root, "schemas", "Order.xsd"), xsd(""));
    receiver = createServer((request, response) => {
      received.push(String(request.headers["webhook-id"]));
      request.resume().on("end", () => response.writeHead(status).end());
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    const data = join(root, "data");
    daemon = new Command(["serve", "--port", "0", "--http", "0", "--http-auth", "none", "--data", data, "--json"], "", {
      XQBUS_SCHEMAS: join(root, "schemas"),
      XQBUS_LISTENER__ALLOW_NETWORKS: "127.0.0.0/8",
    });
    await daemon.prints("stdout", "\n");
    const { url, http } = JSON.parse(daemon.stdout) as { readonly url: string; readonly http: string };
    const login = JSON.parse(readFileSync(join(data, "first-login.json"), "utf8")) as {
      readonly bus: { readonly password: string };
    };
    bus = url.replace("***", login.bus.password);
    env = { XQBUS_HTTP: http, XQBUS_URL: bus, XQBUS_SCHEMAS: join(root, "schemas"), NO_COLOR: "1" };
  });

  afterAll(async () => {
    daemon.signal("SIGTERM");
    expect((await daemon.ended).code).toBe(0);
    receiver.closeAllConnections();
    receiver.close();
    rmSync(root, { recursive: true });
  });

  const xqbus = (...args: readonly string[]): Command["ended"] => new Command(args, "", env).ended;

  async function letters(...args: readonly string[]): Promise<readonly Letter[]> {
    return JSON.parse((await xqbus("dlq", "list", "--json", ...args)).stdout) as readonly Letter[];
  }

  it("finds, redrives and deletes those of a listener and of a subscription, and refuses what is not valid any more", async () => {
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    const create = ["listener", "http", "create", "--event-type=Order", `--url=${url}`, "--name=crm", "--retry=1x"];
    expect(await xqbus(...create)).toMatchObject({ code: 0, stderr: "" });
    const consumer = await AMQPEventConsumer.open(bus, {
      durable: "invoices",
      maxDeliveries: 1,
      callback: () => {
        throw new Error("no customer");
      },
    });
    for (const number of ["1", "2"]) {
      expect((await xqbus("send", "Order", "--set", `Number=${number}`)).code).toBe(0);
    }
    await expect.poll(async () => (await letters()).length, PATIENT).toBe(4);
    await consumer.close();

    const all = await letters();
    expect(all.map(({ kind }) => kind)).toEqual(["listener", "listener", "subscription", "subscription"]);
    expect(await letters("--subscription=crm", "--xquery=//e:Number = 2")).toEqual([all[1]]);
    expect(await letters("--subscription=invoices")).toEqual(all.slice(2));
    const groups = JSON.parse((await xqbus("dlq", "group", "--json")).stdout) as readonly object[];
    expect(groups).toMatchObject([{ count: 2 }, { count: 2 }]);
    const shown = await xqbus("dlq", "show", all[1]?.id ?? "");
    expect(shown.stdout).toMatch(/^Subscription: .*\(listener\)$/m);
    expect(shown.stdout).toContain("<Number>2</Number>");

    // Nobody is left out, and nothing is changed.
    expect(await xqbus("dlq", "redrive", "--all", "--dry-run")).toMatchObject({
      ...{ code: 0, stdout: "would redrive 4 of 4 dead letters\n", stderr: "" },
    });
    expect(await xqbus("dlq", "redrive", "listener-nobody", "--dry-run")).toMatchObject({
      ...{ code: 1, stdout: "would redrive 0 of 0 dead letters\n" },
      stderr: 'xqbus: listener-nobody: there is no dead letter "listener-nobody"\n',
    });
    expect(await letters()).toEqual(all);

    // To the one that has failed, and to it only.
    status = 200;
    received.length = 0;
    const redriven = await xqbus("dlq", "redrive", "--subscription=crm", "--xquery=//e:Number = 1");
    expect(redriven).toEqual({ code: 0, stdout: "redriven 1 of 1 dead letter\n", stderr: "" });
    await expect.poll(() => received.length, PATIENT).toBe(1);
    expect(await letters()).toEqual(all.slice(1));

    // The event type wants more now.
    writeFileSync(join(root, "schemas", "Order.xsd"), xsd('<element name="Customer" type="string"/>'));
    await expect
      .poll(async () => (await xqbus("dlq", "redrive", "--all", "--dry-run")).stdout, PATIENT)
      .toBe("would redrive 0 of 3 dead letters\n");
    const refused = await xqbus("dlq", "redrive", "--all");
    expect(refused).toMatchObject({ code: 1, stdout: "redriven 0 of 3 dead letters\n" });
    expect(refused.stderr.match(/expected Customer|"?Customer"? /g)?.length).toBeGreaterThanOrEqual(3);
    expect(received).toHaveLength(1);

    const dry = await xqbus("dlq", "delete", "--event-type=Order", "--dry-run");
    expect(dry).toEqual({ code: 0, stdout: "would delete 3 of 3 dead letters\n", stderr: "" });
    expect((await xqbus("dlq", "delete", "--event-type=Order")).stdout).toBe("deleted 3 of 3 dead letters\n");
    expect(await letters()).toEqual([]);
  });
});
