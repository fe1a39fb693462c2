import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EventMaker } from "../../src/event/index.ts";
import type { Event } from "../../src/event/index.ts";
import { loadCatalog } from "../../src/schema/index.ts";
import type { Catalog } from "../../src/schema/index.ts";

describe("an event made with the shipped catalog", () => {
  let catalog: Catalog;

  beforeAll(async () => {
    catalog = await loadCatalog();
  });

  afterAll(() => {
    catalog.close();
  });

  const rows: readonly (readonly [name: string, make: (e: EventMaker) => Event])[] = [
    ["PhoneStatus", (e) => e.Event(e.PhoneStatus(e.Status("busy"), e.CallerId("012345"), e.ReceiverId(12343424)))],
    [
      "CollectD",
      (e) =>
        e.Event(
          e.CollectD(
            e.Host("node-1"),
            e.Plugin("load"),
            e.Type("load"),
            e.Time(1767225600.25),
            e.Interval(10),
            e.Values([0.25, 1e-7, 3]),
          ),
        ),
    ],
    ["NodeStatus", (e) => e.Event(e.NodeStatus(e.Id("node-1"), e.Load(0.5), e.Latency(1e-3), e.Workers(4n)))],
  ];

  it.each(rows)("%s is valid", (_, make) => {
    expect(catalog.validate(make(new EventMaker(catalog)))).toEqual([]);
    expect(catalog.validate(make(EventMaker()))).toEqual([]);
  });

  it("can be invalid, which validation says", () => {
    const e = new EventMaker(catalog);
    expect(catalog.validate(e.Event(e.PhoneStatus(e.Status("busy")))).length).toBeGreaterThan(0);
    expect(catalog.validate(e.Event(e.Status("busy"))).length).toBeGreaterThan(0);
  });
});
