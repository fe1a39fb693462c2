import { XqbusError } from "../../errors.ts";
import { listenerFull, type DeliveryRecord, type Listeners } from "../../listener/index.ts";
import type { Letter, LetterSource } from "./letter.ts";

/** What of the listeners is needed for their dead letters. */
export type DeadDeliveries = Pick<
  Listeners,
  "list" | "get" | "deliveries" | "delivery" | "eventOf" | "retry" | "deleteDeadLetters"
>;

const PREFIX = "listener-";
/** Deliveries that are read at once. */
const PAGE = 200;

/** The dead letters of listeners. */
export function listenerLetters(listeners: DeadDeliveries): LetterSource {
  return {
    prefix: PREFIX,
    isId: (id) => id.startsWith(PREFIX),
    async *letters(after, { subscription, eventId }) {
      const meant = listeners.list().filter(({ id, name }) => [id, name].includes(subscription ?? ""));
      if (subscription !== undefined && meant.length === 0) return;
      const [only] = meant;
      let last = after === undefined ? "" : deliveryOf(after);
      for (;;) {
        const asked = {
          ...(only === undefined || meant.length > 1 ? {} : { listener: only.id }),
          ...(eventId === undefined ? {} : { eventId }),
        };
        const page = await listeners.deliveries({ state: "dead", after: last, limit: PAGE, ...asked });
        for (const record of page) yield letterOf(record, listeners);
        const end = page.at(-1)?.id;
        if (end === undefined) return;
        last = end;
      }
    },
    async *find(ids) {
      for (const id of ids) {
        const record = await found(listeners, deliveryOf(id));
        if (record?.state === "dead") yield letterOf(record, listeners);
      }
    },
    async delete(letters) {
      const ids = letters.map(({ id }) => id);
      const count = await listeners.deleteDeadLetters(ids.map(deliveryOf));
      if (count === ids.length) return ids;
      const left = await Promise.all(ids.map((id) => found(listeners, deliveryOf(id))));
      return ids.filter((_id, at) => left[at]?.state === "deleted");
    },
  };
}

function letterOf(record: DeliveryRecord, listeners: DeadDeliveries): Letter {
  const { id, listener, eventId, eventType, subject, reason, error, attempts, matchedAt, redrives } = record;
  return {
    ...{ id: `${PREFIX}${id}`, subscription: listener, kind: "listener", eventId, eventType, subject, redrives },
    ...{ reason: reason ?? "unknown", error, attempts: attempts.length },
    at: attempts.at(-1)?.endedAt ?? matchedAt,
    document: () => listeners.eventOf(id),
    isOf: (subscription) =>
      subscription === listener || listeners.list().some((each) => each.id === listener && each.name === subscription),
    assertTarget: (before) => {
      const { counts, maxWaiting } = listeners.get(listener);
      if (counts.waiting + before >= maxWaiting) throw listenerFull(maxWaiting);
    },
    redrive: async () => void (await listeners.retry(id)),
  };
}

function deliveryOf(id: string): string {
  return id.slice(PREFIX.length);
}

async function found(listeners: DeadDeliveries, id: string): Promise<DeliveryRecord | undefined> {
  try {
    return await listeners.delivery(id);
  } catch (error) {
    if (error instanceof XqbusError && error.code === "xqbus:unknown-name") return undefined;
    throw error;
  }
}
