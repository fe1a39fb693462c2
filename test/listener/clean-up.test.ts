import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { CleanUp } from "../../src/listener/clean-up.ts";
import { checkListenersOptions } from "../../src/listener/listeners-options.ts";
import { ListenerStore } from "../../src/listener/store/index.ts";
import * as tables from "../../src/listener/store/tables.ts";
import { describeWith, SQLITE } from "../helpers/requirements.ts";
import { SETTINGS, shippedCatalog } from "./set-up.ts";

const ROWS = 5000;

describeWith([SQLITE], "the clean-up of listeners", () => {
  const ends: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  /** A store with deliveries of a listener that were made at the beginning of time. */
  async function cleanUpOf(rows: number): Promise<{ readonly cleanUp: CleanUp; readonly left: () => Promise<number> }> {
    const folder = mkdtempSync(join(tmpdir(), "xqbus-clean-up-"));
    ends.push(() => rmSync(folder, { recursive: true, force: true }));
    const store = await ListenerStore.open({ folder, onFailure: (error) => expect.unreachable(error.message) });
    const numbers = Array.from({ length: rows }, (_, index) => index + 1);
    await store.change(
      {
        sql: tables.EVENT_INSERT,
        rows: numbers.map((number) => [number, `e${number}`, 1, 1, "NodeLeave", "", 0, 0, null, null]),
      },
      {
        sql: tables.DELIVERY_INSERT,
        rows: numbers.map((number) => [number, 7, number, tables.DELIVERED, 0, 0, null, 0, 1, 0, null, null]),
      },
    );
    const options = checkListenersOptions({
      ...{
        url: "amqp://localhost/org.clacks",
        catalog: await shippedCatalog(),
        folder,
        settings: SETTINGS,
        notifierTypes: [],
      },
    });
    const cleanUp = new CleanUp(store, options, ({ message }) => void message);
    ends.push(async () => {
      await cleanUp.stop();
      await store.close();
    });
    const left = async (): Promise<number> =>
      Number((await store.read("SELECT count(*) AS count FROM delivery"))[0]?.["count"]);
    return { cleanUp, left };
  }

  it("is given back after the step that is being taken, and goes on where it is begun again", async () => {
    const { cleanUp, left } = await cleanUpOf(ROWS);
    cleanUp.start();
    await cleanUp.pause();
    expect(await left()).toBeGreaterThan(0);
    await cleanUp.idle();
    expect(await left()).toBeGreaterThan(0);
    cleanUp.start();
    await cleanUp.idle();
    expect(await left()).toBe(0);
  });

  it("is given back while rows of a listener that is gone are still to be deleted, which goes on", async () => {
    const { cleanUp, left } = await cleanUpOf(ROWS);
    cleanUp.forgetListener(7);
    cleanUp.start();
    await cleanUp.pause();
    expect(await left()).toBeGreaterThan(0);
    await cleanUp.idle();
    expect(await left()).toBe(0);
  });

  it("ends with the step that is being taken", async () => {
    const { cleanUp, left } = await cleanUpOf(ROWS);
    cleanUp.start();
    await cleanUp.stop();
    expect(await left()).toBeGreaterThan(0);
  });
});
