import { expect, it } from "vitest";
import { XqbusError } from "../../src/errors.ts";
import { bytesOf, Event } from "../../src/event/index.ts";
import type { RowDelivery } from "../../src/listener/row-delivery.ts";
import { RowSource } from "../../src/listener/row-source.ts";
import { checksumOf, type EventRow, type ListenerStore, type WaitingRow } from "../../src/listener/store/index.ts";
import { systemClock } from "../../src/clock.ts";

import { nodeLeave, shippedCatalog, until } from "./set-up.ts";

const MIB: number = 1024 * 1024;

interface Part {
  readonly pages: number[];
  readonly source: RowSource;
  readonly waiting: ReadonlyMap<number, WaitingRow>;
  /** Writes a row that is due, and offers it as who has written it does. */
  readonly arrive: (number: number) => void;
  /** What went wrong, as it was told. */
  readonly errors: XqbusError[];
  /** Outcomes that the disk does not take. */
  readonly faults: XqbusError[];
  /** Answers of the disk when it is asked for bodies. */
  readonly noBodies: XqbusError[];
}

/** A store of so many rows that are due, which says how often it was asked. */
async function part(count: number, size: number): Promise<Part> {
  const catalog = await shippedCatalog();
  const event = Event.parse(nodeLeave("1"), { catalog });
  const bytes = bytesOf(event);
  const waiting = new Map<number, WaitingRow>();
  const write = (number: number): WaitingRow => {
    const row = { number, event: 1, nextAt: 0, firstAt: undefined, failures: 0, attempts: 0, size };
    waiting.set(number, row);
    return row;
  };
  for (let number = 1; number <= count; number++) write(number);
  const pages: number[] = [];
  const errors: XqbusError[] = [];
  const faults: XqbusError[] = [];
  const noBodies: XqbusError[] = [];
  const row: EventRow = {
    ...{ number: 1, id: "1", type: "NodeLeave", subject: "", time: 0, acceptedAt: 0, traceparent: undefined },
    ...{ checksum: checksumOf(bytes), bytes },
  };
  const store = {
    due: async (_: number, limit: number) => {
      pages.push(limit);
      return [...waiting.values()].slice(0, limit);
    },
    events: async () => {
      const fault = noBodies.pop();
      if (fault !== undefined) throw fault;
      return new Map([[1, row]]);
    },
    settle: async ({ number }: { readonly number: number }) => {
      const fault = faults.pop();
      if (fault !== undefined) throw fault;
      waiting.delete(number);
    },
  };
  const source = new RowSource({
    ...{
      store: store as unknown as ListenerStore,
      listener: 1,
      catalog,
      clock: systemClock({ keepsProcessAlive: false }),
    },
    ...{ onSettled: () => undefined, onError: (error) => errors.push(error) },
  });
  const arrive = (number: number): void => source.offer(write(number), { ...row, event }, size);
  return { pages, source, waiting, arrive, errors, faults, noBodies };
}

/** A source that has looked at the disk and found nothing. */
async function idle(
  size: number,
  requested: number,
): Promise<Part & { readonly got: number[]; readonly deliveries: RowDelivery[] }> {
  const made = await part(0, size);
  const got: number[] = [];
  const deliveries: RowDelivery[] = [];
  made.source.allow(Infinity);
  made.source.request(requested);
  made.source.start((delivery) => {
    deliveries.push(delivery);
    got.push(delivery.row.number);
  });
  await until(() => expect(made.pages).toHaveLength(1));
  await new Promise((resolve) => setImmediate(resolve));
  return { ...made, got, deliveries };
}

/** 1, 2, 3 and so on. */
function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

it("what has just been written is delivered in its order without being read, also when it had to wait", async () => {
  const { source, arrive, got, pages } = await idle(100, 2);
  for (const number of upTo(500)) arrive(number);
  expect(got).toEqual([1, 2]);
  source.request(498);
  expect(got).toEqual(upTo(500));
  expect(pages).toEqual([2]);
});

it.each([
  { what: "rows", size: 10, count: 3000 },
  { what: "bytes", size: 100_000, count: 30 },
])("what waits at hand has a bound in $what; the rest is read, and nothing comes twice", async ({ size, count }) => {
  const { source, arrive, got, pages } = await idle(size, 1);
  for (const number of upTo(count)) arrive(number);
  source.request(count - 1);
  await until(() => expect(got).toHaveLength(count));
  expect(got).toEqual(upTo(count));
  expect(pages).toHaveLength(2);
});

it("what waits at hand comes after what is given back when nothing may be delivered for a while", async () => {
  const { source, arrive, got, deliveries, pages } = await idle(100, 1);
  for (const number of upTo(3)) arrive(number);
  source.allow(0);
  source.request(10);
  await deliveries[0]?.settle({ kind: "released" });
  arrive(4);
  expect(got).toEqual([1]);
  source.allow(Infinity);
  await until(() => expect(got).toEqual([1, 1, 2, 3, 4]));
  expect(pages).toHaveLength(2);
});

it("what one flush of the disk has made room for is read with one page", async () => {
  const { pages, source } = await part(200, 100);
  const got: RowDelivery[] = [];
  source.allow(Infinity);
  source.request(64);
  source.start((delivery) => got.push(delivery));
  await until(() => expect(got).toHaveLength(64));
  const outcomes = got.map(async (delivery) => {
    await delivery.settle({ kind: "accepted", duplicate: false });
    source.request(1);
  });
  await Promise.all(outcomes);
  await until(() => expect(got).toHaveLength(128));
  expect(pages).toEqual([64, 64]);
});

it("the events at hand have a bound in bytes, and a single larger one comes alone", async () => {
  const { pages, source } = await part(12, 1.5 * MIB);
  const got: RowDelivery[] = [];
  source.allow(Infinity);
  source.request(12);
  source.start((delivery) => got.push(delivery));
  await until(() => expect(got).toHaveLength(2));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect([got.length, pages.length]).toEqual([2, 1]);
  await got[0]?.settle({ kind: "accepted", duplicate: false });
  await until(() => expect(got).toHaveLength(3));
  for (let index = 1; index < 12; index++) {
    await until(() => expect(got.length).toBeGreaterThan(index));
    await got[index]?.settle({ kind: "accepted", duplicate: false });
  }
  expect(new Set(got.map(({ row }) => row.number)).size).toBe(12);
  const large = await part(2, 5 * MIB);
  large.source.allow(Infinity);
  large.source.request(2);
  const alone: RowDelivery[] = [];
  large.source.start((delivery) => alone.push(delivery));
  await until(() => expect(alone).toHaveLength(1));
});

it("what could not be read for want of a body is read again, with what was before it", async () => {
  const { source, noBodies, errors } = await part(20, 1 * MIB);
  const got: number[] = [];
  const away = new XqbusError("xqbus:database-unavailable", "the connection is lost");
  noBodies.push(away);
  source.allow(Infinity);
  source.request(3);
  source.start((delivery) => got.push(delivery.row.number));
  await until(() => expect(got).toEqual([1, 2, 3]));
  expect(errors).toEqual([away]);
});

it("an outcome that the disk does not take is told once and written as soon as it does", async () => {
  const { source, waiting, errors, faults } = await part(1, 100);
  const got: RowDelivery[] = [];
  source.allow(Infinity);
  source.request(2);
  source.start((delivery) => got.push(delivery));
  await until(() => expect(got).toHaveLength(1));
  const error = new XqbusError("xqbus:store-failed", "input or output error");
  faults.push(error, error);
  await got[0]?.settle({ kind: "accepted", duplicate: false });
  expect([waiting.size, got.length, errors]).toEqual([0, 1, [error]]);
});
