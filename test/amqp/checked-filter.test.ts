import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { AMQPEventConsumer } from "../../src/amqp/index.ts";
import { startBroker, type Broker } from "../../src/broker/index.ts";
import { FilterError } from "../../src/filter/index.ts";
import { catalogOf, eventXsd, folderWith } from "../schema/harness.ts";

const WITH_ROOM = eventXsd("Door", `<xs:element name="Room" type="xs:string"/>`);
const WITHOUT = eventXsd("Door", `<xs:element name="Number" type="xs:string"/>`);

describe("a consumer with a catalog", () => {
  const cleanUps: (() => unknown)[] = [];

  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });

  async function broker(): Promise<Broker> {
    const started = await startBroker();
    cleanUps.push(() => started.close());
    return started;
  }

  it("refuses a filter that can never match, before it connects", async () => {
    const catalog = await catalogOf(folderWith({ "Door.xsd": WITH_ROOM }));
    const open = AMQPEventConsumer.open("amqp://nobody@127.0.0.1:1/x", { catalog, xpath: "/e:Event/e:Door/e:Romo" });
    await expect(open).rejects.toMatchObject({
      code: "xqbus:filter-unknown-step",
      message: expect.stringContaining("Door has no child Romo (did you mean e:Room?)") as string,
    });
  });

  it("reports what only a part of its filter can never fulfil, or all of it where that is a warning", async () => {
    const catalog = await catalogOf(folderWith({ "Door.xsd": WITH_ROOM }));
    const errors: unknown[] = [];
    const onError = (error: unknown): void => void errors.push(error);
    const started = await broker();
    const options = { catalog, onError, xpath: "//e:Romo", onCatalogProblem: "warning" } as const;
    const consumer = await AMQPEventConsumer.open(started.url(), options);
    cleanUps.push(() => consumer.close());
    expect(errors).toEqual([expect.any(FilterError)]);
    expect(errors).toMatchObject([{ code: "xqbus:filter-unknown-step", problems: [{ suggestion: "e:Room" }] }]);
  });

  it("reports that its filter can no longer match when the catalog has changed, and goes on", async () => {
    const folder = folderWith({ "Door.xsd": WITH_ROOM });
    const catalog = await catalogOf(folder);
    const watcher = catalog.watch();
    cleanUps.push(() => watcher.close());
    const errors: unknown[] = [];
    const started = await broker();
    const consumer = await AMQPEventConsumer.open(started.url(), {
      catalog,
      xpath: "/e:Event/e:Door[e:Room = '1']",
      callback: () => undefined,
      onError: (error) => errors.push(error),
    });
    writeFileSync(join(folder, "Door.xsd"), WITHOUT);
    await watcher.reload();
    await vi.waitFor(() => expect(errors).toHaveLength(1));
    expect(errors).toMatchObject([
      {
        code: "xqbus:filter-unknown-step",
        message: expect.stringContaining("Door has no child Room, only Number; the filter can never match") as string,
      },
    ]);
    await consumer.close();
    writeFileSync(join(folder, "Door.xsd"), WITH_ROOM);
    await watcher.reload();
    writeFileSync(join(folder, "Door.xsd"), WITHOUT);
    await watcher.reload();
    expect(errors).toHaveLength(1);
  });
});
