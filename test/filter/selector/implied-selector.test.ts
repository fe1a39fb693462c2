import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EventLabels } from "../../../src/amqp/message-labels.ts";
import { Event } from "../../../src/event/index.ts";
import {
  EVERY_EVENT,
  compileFilter,
  compileSelector,
  FilterError,
  type SelectorValue,
  type TypeLabels,
} from "../../../src/filter/index.ts";
import { loadCatalog, type Catalog } from "../../../src/schema/index.ts";
import { childElements, stringValue } from "../../../src/xml/index.ts";

describe("the selector of a filter", () => {
  let folder: string;
  let shipped: Catalog;
  let fields: Catalog;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "xqbus-selector-"));
    copyFileSync(join(import.meta.dirname, "fields.xsd"), join(folder, "Fields.xsd"));
    shipped = await loadCatalog();
    fields = await loadCatalog({ directories: [folder] });
    expect(fields.problems).toEqual([]);
  });

  afterAll(() => {
    shipped[Symbol.dispose]();
    fields[Symbol.dispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ['//e:Status = "free"', "Status = 'free'"],
    ["/e:Event/e:PhoneStatus", undefined],
    ['/e:Event/e:PhoneStatus[e:Status = "busy" and "0815" = e:CallerId]', "Status = 'busy' AND CallerId = '0815'"],
    ["/e:Event/e:NodeStatus[e:Load > 0.5]", "Workers IS NOT NULL AND (Load > 0.5 OR Load IS NULL)"],
    ['/e:Event/e:NodeLeave[e:Id = ("a", "b")]', "Id = 'a' OR Id = 'b'"],
    ['let $p := ./e:Event/e:PhoneStatus return $p[e:Status != "free"]', "Status <> 'free' OR Status IS NULL"],
    [
      '/e:Event/e:PhoneStatus[starts-with(e:CallerId, "49_")]',
      "CallerId LIKE '49\\_%' ESCAPE '\\' OR CallerId IS NULL",
    ],
    ['not(/e:Event/e:PhoneStatus/e:Status = "free")', undefined],
    ["count(//e:*) > 3", undefined],
    ["//e:Nothing", "FALSE"],
    // A type that contains itself.
    ["//e:entry", undefined],
    ["/e:Event[e:PhoneStatus or e:NodeLeave/e:Id = '1']", undefined],
    ["some $s in //e:NodeStatus satisfies $s/e:Workers = -1", "Workers IS NOT NULL AND Workers = -1"],
    ["(document { <b/> })/b[/b]", undefined],
    ["$Status = 'free'", undefined],
    ["not(//e:Workers) and //e:Load", "FALSE"],
  ])("%s implies %s", (query, selector) => {
    const language = query.startsWith("$") ? "xpath" : "xquery";
    expect(compileFilter(query, { catalog: shipped, language, onCatalogProblem: "warning" }).selector).toBe(selector);
  });

  it.each([
    ['/e:Event/e:Fields/e:State = "it\'s"', "State = 'it''s'"],
    ['not(/e:Event/e:Fields/e:State = "on")', "State <> 'on' OR State IS NULL"],
    ["not(/e:Event/e:Fields/e:Note)", "Note IS NULL"],
    ["not(/e:Event/e:Fields/e:User/e:Name)", "User_Name IS NULL"],
    ["/e:Event/e:Fields/e:Device/@id < 5", "Device_id IS NOT NULL AND Device_id < 5"],
    ["/e:Event/e:Fields/e:Big < 5", "Big < 5 OR Big IS NULL"],
    ['/e:Event/e:Fields/e:Flag = "1"', "Flag = TRUE"],
    ['/e:Event/e:Fields/e:Token = " a  b "', "Token = 'a b'"],
    ["/e:Event/e:Fields/e:Like = 3", undefined],
    ["/e:Event/e:Fields/e:Open/e:Name = 'x'", undefined],
    ["/e:Event/e:Fields/e:Sub/e:Name = 'x'", undefined],
    ["/e:Event/e:Fields/e:Many = 'x'", undefined],
    ["/e:Event/e:Fields/e:Default > 3", "Default > 3 OR Default IS NULL"],
    [`/e:Event/e:Fields/e:Text = "${"x".repeat(300)}"`, undefined],
  ])("%s implies, beside what every event of the type has, %s", (query, selector) => {
    const always = "State IS NOT NULL AND Count IS NOT NULL AND Flag IS NOT NULL";
    const own = compileFilter(query, { catalog: fields, onCatalogProblem: "warning" }).selector?.slice(
      always.length + " AND ".length,
    );
    expect(own?.replace(/^\((.*)\)$/, "$1")).toBe(selector ?? "");
  });

  it("is not there without a catalog, and for the filter of all events", () => {
    expect([compileFilter('//e:Status = "free"').selector, EVERY_EVENT.selector]).toEqual([undefined, undefined]);
  });

  it("is true for every message whose event the filter matches", () => {
    const catalogs = { shipped, fields };
    let selected = 0;
    let rejected = 0;
    fc.assert(
      fc.property(
        fc.constantFrom("shipped", "fields", "fields"),
        fc.integer({ min: 1, max: 400 }),
        fc.infiniteStream(fc.nat(1000)),
        (which, seed, choices) => {
          const catalog = catalogs[which];
          const next = (below: number): number => (choices.next().value as number) % below;
          const events = [0, 1, 2].map((i) => {
            const name = catalog.eventNames[next(catalog.eventNames.length)]!;
            return Event.parse(catalog.sample(name, { seed: seed + i, maxLength: i === 0 ? 300 : 6 }), { catalog });
          });
          const query = randomFilter(events, next);
          const filter = compileFilter(query, { catalog, onCatalogProblem: "warning" });
          const selector = compileSelector(filter.selector ?? "");
          for (const event of events) {
            const { applicationProperties } = new EventLabels("d").of(event, catalog);
            const isSelected = selector.matches((name): SelectorValue => {
              const property = applicationProperties.get(name);
              return property?.kind === "integer" ? BigInt(property.value) : property?.value;
            });
            if (isSelected) selected++;
            else rejected++;
            if (matches(filter, event))
              expect({ query, selector: filter.selector, isSelected }).toEqual({
                query,
                selector: filter.selector,
                isSelected: true,
              });
          }
        },
      ),
      { numRuns: process.env["XQBUS_FULL"] === "1" ? 20_000 : 1000 },
    );
    // Always true would be right, and no use.
    expect(rejected).toBeGreaterThan(selected / 15);
  });
});

describe("the selector of a filter with the type of the event", () => {
  /** As publishers of the domain "d" name types; those of CollectD say `host.load`. */
  const labels: TypeLabels = {
    property: "cloudEvents_type",
    prefix: "d.event.",
    typesOf: (name) => [`d.event.${name}`, ...(name === "CollectD" ? ["host.load"] : [])],
  };
  let catalog: Catalog;

  beforeAll(async () => {
    catalog = await loadCatalog();
  });

  afterAll(() => catalog[Symbol.dispose]());

  const type = "cloudEvents_type";
  const foreign = `${type} IS NULL OR (NOT (${type} LIKE 'd.event.%') AND NOT (${type} = 'host.load'))`;
  const selectors: readonly [query: string, open: string | undefined, closed: string | undefined][] = [
    [".", undefined, undefined],
    ["count(//e:*) > 3", undefined, undefined],
    [
      '/e:Event/e:PhoneStatus[e:Status = "busy"]',
      `${foreign} OR (${type} = 'd.event.PhoneStatus' AND (Status = 'busy' OR Status IS NULL))`,
      `${type} = 'd.event.PhoneStatus' AND Status = 'busy'`,
    ],
    [
      "/e:Event/e:CollectD",
      `${foreign} OR ${type} IN ('d.event.CollectD', 'host.load')`,
      `${type} IN ('d.event.CollectD', 'host.load')`,
    ],
    ["//e:Nothing", foreign, "FALSE"],
  ];

  it.each(selectors)("%s: open %s, else %s", (query, open, closed) => {
    const filter = compileFilter(query, { catalog, onCatalogProblem: "warning" });
    const both = [true, false].map((isOpen) => filter.labelledSelector(catalog, labels, { open: isOpen }));
    expect(both).toEqual([open, closed]);
  });

  it("asks for no type where a pattern for it would be too long", () => {
    const filter = compileFilter("//e:PhoneStatus", { catalog });
    expect(filter.labelledSelector(catalog, { ...labels, prefix: "d".repeat(300) }, { open: true })).toBeUndefined();
  });

  it("is not there for XPath 1.0, which compares otherwise", () => {
    const filter = compileFilter('//e:Status = "busy"', { catalog, language: "xpath1" });
    expect(filter.labelledSelector(catalog, labels, { open: true })).toBeUndefined();
  });

  it("selects every message whose event matches, whatever of its properties is missing or of another kind", () => {
    let rejected = 0;
    let selected = 0;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.infiniteStream(fc.nat(1000)), (seed, choices) => {
        const next = (below: number): number => (choices.next().value as number) % below;
        const events = [0, 1, 2].map((i) => {
          const name = catalog.eventNames[next(catalog.eventNames.length)]!;
          return Event.parse(catalog.sample(name, { seed: seed + i, maxLength: 6 }), { catalog });
        });
        const filter = compileFilter(randomFilter(events, next), { catalog, onCatalogProblem: "warning" });
        const [open, closed] = [true, false].map((isOpen) =>
          compileSelector(filter.labelledSelector(catalog, labels, { open: isOpen }) ?? ""),
        );
        for (const event of events) {
          const types = labels.typesOf(event.name);
          const itsType = [...types, ...types, "com.example.thing", undefined][next(2 * types.length + 2)];
          const lacks = next(2) === 0 ? 0 : 1 + next(3);
          const promoted = new EventLabels("d").of(event, catalog).applicationProperties;
          const properties = new Map<string, SelectorValue>([["cloudEvents_type", itsType]]);
          for (const [name, property] of promoted) {
            if (lacks > 0 && next(lacks) === 0) continue;
            properties.set(name, property.kind === "integer" ? BigInt(property.value) : property.value);
          }
          const isSelected = open!.matches((name) => properties.get(name));
          if (isSelected) selected++;
          else rejected++;
          if (!matches(filter, event)) continue;
          expect(isSelected, `${filter.text} selects by ${open!.text}`).toBe(true);
          if (lacks > 0 || !types.includes(itsType ?? "")) continue;
          expect(
            closed!.matches((name) => properties.get(name)),
            `${filter.text} selects by ${closed!.text}`,
          ).toBe(true);
        }
      }),
      { numRuns: process.env["XQBUS_FULL"] === "1" ? 20_000 : 1000 },
    );
    expect(rejected).toBeGreaterThan(selected / 15);
  });
});

function matches(filter: ReturnType<typeof compileFilter>, event: Event): boolean {
  try {
    return filter.matches(event.document);
  } catch (error) {
    if (error instanceof FilterError) return false;
    throw error;
  }
}

/** A filter that is about fields and values of the events, so that it matches now and then. */
function randomFilter(events: readonly Event[], next: (below: number) => number): string {
  const event = events[next(events.length)]!;
  const children = childElements(event.element);
  const literal = (text: string): string => `"${text.replaceAll("&", "&amp;").replaceAll('"', '""')}"`;
  const pick = <T>(values: readonly T[]): T => values[next(values.length)]!;
  const name = `e:${event.name}`;
  const comparison = (): string => {
    const child = children.length === 0 ? undefined : pick(children);
    if (child === undefined) return "true()";
    const inner = childElements(child)[0] ?? child;
    const field = inner === child ? `*:${child.localName}` : `*:${child.localName}/*:${inner.localName}`;
    const step = pick([field.replaceAll("*:", "e:"), field.replaceAll("*:", "e:"), field]);
    const target = child.attributes.length > 0 && next(3) === 0 ? `${step}/@${child.attributes[0]!.localName}` : step;
    const value = stringValue(inner);
    const number = Number(value.trim());
    const operand =
      value.trim() !== "" && Number.isFinite(number) && next(2) === 0
        ? pick([String(Math.trunc(number)), "0", "-3", "7.5"])
        : literal(value);
    switch (next(9)) {
      case 0:
        return target;
      case 1:
        return `not(${target})`;
      case 2:
        return `contains(${target}, ${literal([...value].slice(1, 3).join(""))})`;
      case 3:
        return `starts-with(${target}, ${literal([...value].slice(0, 2).join(""))})`;
      case 4:
        return `${target} = (${operand}, "other")`;
      case 5:
        return `${operand} ${pick(["=", "<", ">=", "!="])} ${target}`;
      default:
        return `${target} ${pick(["=", "=", "!=", "<", ">", "<=", ">="])} ${operand}`;
    }
  };
  const condition = (depth: number): string => {
    if (depth === 0) return comparison();
    const [a, b] = [condition(depth - 1), condition(depth - 1)];
    return pick([
      a,
      `${a} and ${b}`,
      `(${a} or ${b})`,
      `not(${a})`,
      `(if (${a}) then ${b} else ${comparison()})`,
      `exists(.[${a}])`,
    ]);
  };
  const holds = condition(next(3));
  return pick([
    `/e:Event/${name}[${holds}]`,
    `//${name}[${holds}]`,
    `/*/*[${holds}]`,
    `for $e in /e:Event/${name} where $e[${holds}] return $e`,
    `let $e := ./e:Event return $e/${name}[${holds}]`,
    `some $e in /e:Event/${name} satisfies $e[${holds}]`,
    `not(/e:Event/${name}[${holds}])`,
    `/e:Event/${name}[${holds}] or //e:PhoneStatus`,
    `exists(/e:Event/${name}) and not(/e:Event/${name}/${holds.startsWith("e:") ? holds : "e:Note"})`,
  ]);
}
