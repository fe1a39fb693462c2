import { XqbusError } from "../errors.ts";
import { Event } from "../event/index.ts";
import type { Catalog } from "../schema/index.ts";

/** Which samples are wanted. */
export interface SampleWishes {
  /** Of the first event; the next one has the next number. */
  readonly seed: number;
  /** May be Infinity. */
  readonly count: number;
  /** `Field=value`, as for events that are not samples, but without positions. */
  readonly settings: readonly string[];
}

/** A sample, and the number that gives it again. */
export interface SampledEvent {
  readonly event: Event;
  readonly seed: number;
}

/**
 * Random valid events of a type, made one by one.
 *
 * @throws XqbusError `xqbus:illegal-argument` for a position such as `A[2]`, and as `Catalog.sample`
 */
export function* sampledEvents(
  catalog: Catalog,
  name: string,
  { seed, count, settings }: SampleWishes,
): Generator<SampledEvent, undefined> {
  const values = Object.fromEntries(settings.map(split));
  for (let i = 0; i < count; i++) {
    const event = Event.parse(catalog.sample(name, { seed: seed + i, values }), { catalog });
    yield { event, seed: seed + i };
  }
  return undefined;
}

function split(setting: string): readonly [path: string, value: string] {
  const equals = setting.indexOf("=");
  const path = setting.slice(0, equals);
  if (!path.includes("[")) return [path, setting.slice(equals + 1)];
  const message = `"${path}" has a position; with --sample a value is given to all occurrences: write A/B`;
  throw new XqbusError("xqbus:illegal-argument", message);
}
