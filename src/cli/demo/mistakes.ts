import { compileFilter, FilterError } from "../../filter/index.ts";
import { formatProblem, InvalidEventError } from "../../schema/index.ts";
import type { EventPublisher } from "../../amqp/index.ts";
import { XqbusError } from "../../errors.ts";

/** What somebody wrote, and what they were told. */
export interface Mistake {
  readonly title: string;
  readonly written: string;
  readonly told: readonly string[];
}

const NAMESPACE = "http://www.gonicus.de/Events";

/** A filter with a typing error is refused when it is compiled, before any connection. */
export function wrongFilter(): Mistake {
  const written = `declare namespace f = "${NAMESPACE}";\nlet $e := ./f:Event retrun $e/f:PhoneStatus`;
  return { title: "a wrong filter", written, told: toldBy(() => compileFilter(written)) };
}

/** An event that breaks its schema is refused by the publisher, with everything that is wrong; nothing is sent. */
export async function invalidEvent(publisher: EventPublisher): Promise<Mistake> {
  const written = [
    `<Event xmlns="${NAMESPACE}">`,
    "  <PhoneStatus>",
    "    <CallerId>012345</CallerId>",
    "    <ReceiverId>12343424</ReceiverId>",
    "    <Statsu>busy</Statsu>",
    "  </PhoneStatus>",
    "</Event>",
  ].join("\n");
  try {
    await publisher.sendEvent(written);
    return { title: "an invalid event", written, told: [] };
  } catch (error) {
    return { title: "an invalid event", written, told: explain(error) };
  }
}

function toldBy(action: () => unknown): readonly string[] {
  try {
    action();
    return [];
  } catch (error) {
    return explain(error);
  }
}

function explain(error: unknown): readonly string[] {
  if (error instanceof InvalidEventError) return error.problems.map((problem) => formatProblem(problem, "event"));
  if (error instanceof FilterError) return [error.message, ...error.excerpt.split("\n")];
  if (error instanceof XqbusError) return [error.message];
  throw error;
}
