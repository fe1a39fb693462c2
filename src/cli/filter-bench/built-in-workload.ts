import type { Workload } from "./workload.ts";

/** The kinds of filters: all alike, or of many forms. */
export const BUILT_IN_SHAPES = ["equality", "mixed"] as const;

export type BuiltInShape = (typeof BUILT_IN_SHAPES)[number];

const NAMESPACE = "http://www.gonicus.de/Events";
const PROLOG = `declare namespace f='${NAMESPACE}'; `;
const TYPES = [
  ...["PhoneStatus", "NodeAnnounce", "NodeLeave", "NodeStatus", "ClientAnnounce", "ClientLeave"],
  ...["ClientPing", "UserSession", "ObjectChanged", "BackendChange", "Notification", "Scheduler"],
];
const EVENTS = 1000;
const DAY = 86_400;
const FIRST_DAY = Date.UTC(2026, 0, 1) / 1000;

/** The same numbers on every machine. */
class Random {
  #state = 12_345;

  below(end: number): number {
    this.#state = (Math.imul(this.#state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * end);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }
}

/** So many filters, and events of 265 bytes that match about ten of them, however many there are; the same at every call. */
export function builtInWorkload(count: number, shape: BuiltInShape): Workload {
  const random = new Random();
  // About 20 filters have the type and the value of an event, and half of them let its level pass.
  const shared = shape === "equality" ? 20 : 90;
  const values = Math.max(1, Math.min(1000, Math.round(count / TYPES.length / shared)));
  const make = shape === "equality" ? equalityFilter : mixedFilter;
  const filters = Array.from({ length: count }, (_, number) => ({
    id: inOnePiece(`subscription-${number}`),
    xquery: inOnePiece(PROLOG + make(random, values, number)),
  }));
  return { filters, events: Array.from({ length: EVENTS }, (_, number) => event(random, values, number)) };
}

/** As a filter comes from outside: V8 would keep the parts that a text was put together from. */
function inOnePiece(text: string): string {
  return Buffer.from(text).toString();
}

function equalityFilter(random: Random, values: number): string {
  const type = random.pick(TYPES);
  return `/f:Event/f:${type}[f:Status='v${random.below(values)}' and number(f:Level) > ${random.below(1000)}]`;
}

/** Ranges, dates, texts, `//`, negations, alternatives, and the forms that XQuery has for them. */
function mixedFilter(random: Random, values: number, number: number): string {
  const type = random.pick(TYPES);
  const status = `'v${random.below(values)}'`;
  const receiver = `'${random.below(1000)}'`;
  const level = random.below(1000);
  const day = random.below(300);
  switch (number % 12) {
    case 0:
      return `/f:Event/f:${type}[f:Status=${status} and number(f:Level) > ${level}]`;
    case 1:
      return `let $e := ./f:Event return $e/f:${type}/f:CallerId = '0${random.below(1_000_000)}'`;
    case 2:
      return `for $p in /f:Event/f:${type} where $p/f:Level > ${level} and $p/f:Level < ${level + 50} and $p/f:Status = ${status} return $p`;
    case 3:
      return `/f:Event/f:${type}[contains(f:Comment, 'call ${random.below(100_000)} ')]`;
    case 4:
      return `let $e := /f:Event return $e/f:${type}[starts-with(f:CallerId, '0${random.below(100_000)}')]`;
    case 5:
      return `//f:ReceiverId = ${receiver} and //f:Status = ${status}`;
    case 6:
      return `/f:Event/f:${type}[f:Status = ${status} and not(f:ReceiverId = ${receiver})]/f:CallerId`;
    case 7:
      return `let $p := /f:Event/f:${type} return $p/f:CallerId = '0${random.below(1_000_000)}' or ($p/f:Status = ${status} and $p/f:ReceiverId = ${receiver})`;
    case 8:
      return `some $p in /f:Event/f:${type} satisfies $p/f:ReceiverId = ${receiver} and $p/f:Level >= ${level}`;
    case 9:
      return `/f:Event/f:${type}[f:Time >= xs:dateTime('${time(day * DAY)}') and f:Time < xs:dateTime('${time(day * DAY + 300)}')]`;
    case 10:
      return `/f:Event/*[f:ReceiverId != ${receiver} and f:CallerId = '0${random.below(1_000_000)}']`;
    default:
      return `if (/f:Event/f:${type}/f:Status = ${status}) then /f:Event/f:${type}/f:Level = ${level} else false()`;
  }
}

function event(random: Random, values: number, number: number): Buffer {
  const type = random.pick(TYPES);
  const fields = {
    CallerId: `0${random.below(1_000_000)}`,
    ReceiverId: String(random.below(1000)),
    Status: `v${random.below(values)}`,
    Level: String(random.below(1000)),
    Time: time(random.below(300) * DAY + random.below(DAY)),
    Comment: `call ${number * 97} external`,
  };
  const content = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`);
  return Buffer.from(
    `<?xml version="1.0"?>\n<Event xmlns="${NAMESPACE}"><${type}>${content.join("")}</${type}></Event>`,
  );
}

function time(seconds: number): string {
  return new Date((FIRST_DAY + seconds) * 1000).toISOString().replace(".000Z", "Z");
}
