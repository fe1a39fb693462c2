import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { XqbusError } from "../../../src/errors.ts";
import type { RouterHealth } from "../../../src/router/index.ts";
import { daemonHealth } from "../../../src/server/daemon/daemon-health.ts";

const WELL: RouterHealth = {
  ...{ isReceiving: true, unreached: undefined, failure: undefined, problems: [], backlog: [] },
  ...{ repeated: undefined, sharedDomain: undefined },
};
const WAITING = { route: "ill", waiting: 2, bytes: 10, since: 1, reason: "it is full", isUndecided: false };

/** What `/readyz` says of a router. */
async function said(health: Partial<RouterHealth>): Promise<string> {
  const counts = { routes: 3 } as never;
  const { checks } = await daemonHealth({
    ...{ publisher: { status: "connected", pending: 0 }, broker: undefined, folder: tmpdir(), minFreeBytes: 0 },
    catalog: { problems: [], eventNames: ["a"] },
    listeners: { list: () => [], health: { isReceiving: true, isFull: false, failure: undefined } },
    router: { health: async () => ({ ...WELL, ...health }), counts },
  });
  const { status, detail } = checks.find(({ name }) => name === "router") ?? {};
  return `${status}: ${detail}`;
}

it("says of a router all that is wrong, one thing behind the other", async () => {
  expect(await said({})).toBe("ok: 3 routes");
  const queue = "2 events of 1 route wait in the database; the queue of ill does not take them: it is full";
  expect(await said({ backlog: [WAITING] })).toBe(`degraded: ${queue}`);
  const sharedDomain = new XqbusError("xqbus:shared-domain", "others are there");
  expect(await said({ sharedDomain })).toBe("degraded: others are there");
  expect(await said({ sharedDomain, backlog: [WAITING], problems: [["odd", "no type"]] })).toBe(
    `degraded: others are there; ${queue}; route odd: no type`,
  );
});

it("is well with a router whose events are its own, and says what else there is", async () => {
  const sharedDomain = new XqbusError("xqbus:shared-service", "others answer, too");
  const repeated = { messageId: "m1", failures: 3 } as RouterHealth["repeated"];
  expect(await said({ sharedDomain })).toBe("ok: 3 routes; others answer, too");
  expect(await said({ sharedDomain, repeated })).toBe(
    "ok: 3 routes; others answer, too; the event m1 came 3 times without an outcome",
  );
  expect(await said({ sharedDomain, backlog: [WAITING] })).toMatch(/^degraded: 2 events .* full$/);
});
