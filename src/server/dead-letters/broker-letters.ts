import { XqbusError } from "../../errors.ts";
import type { Broker, BrokerDeadLetter } from "../../broker/index.ts";
import { eventWordOf, InvalidEventError } from "../../schema/index.ts";
import type { Catalog } from "../../schema/index.ts";
import { isMeantBy, subscriptionWords } from "../subscription-words.ts";
import { eventIn } from "./event-in.ts";
import type { Letter, LetterSource } from "./letter.ts";

/** What of a broker is needed for its dead letters. */
export interface BrokerWithDeadLetters {
  readonly management: Pick<Broker["management"], "deadLetters">;
}

const PREFIX = "queue-";
const ID = /^queue-\d{1,20}$/;

/** The dead letters of the queues and subscriptions of an embedded broker. */
export function brokerLetters({ management }: BrokerWithDeadLetters, catalog: Catalog): LetterSource {
  async function* numbered(isWanted: (number: string) => boolean): AsyncIterable<BrokerLetter> {
    for await (const letter of management.deadLetters()) {
      if (isWanted(letter.id)) yield new BrokerLetter(letter, catalog);
    }
  }
  return {
    prefix: PREFIX,
    isId: (id) => ID.test(id),
    letters: (after) => {
      const last = after === undefined ? -1 : Number(after.slice(PREFIX.length));
      return numbered((number) => Number(number) > last);
    },
    async *find(ids) {
      const wanted = new Set(ids.map((id) => id.slice(PREFIX.length)));
      for await (const letter of numbered((number) => wanted.delete(number))) {
        yield letter;
        if (wanted.size === 0) return;
      }
    },
    delete: (letters) =>
      Promise.resolve(
        letters.flatMap((letter) => (letter instanceof BrokerLetter && letter.delete() ? [letter.id] : [])),
      ),
  };
}

class BrokerLetter implements Letter {
  readonly id: string;
  readonly subscription: string;
  readonly kind: "subscription" | "queue";
  readonly eventId: string | undefined;
  readonly subject: string | undefined;
  readonly reason: string;
  readonly error: string | undefined;
  readonly attempts: number;
  readonly at: number;
  readonly redrives: number;
  readonly #letter: BrokerDeadLetter;
  readonly #catalog: Catalog;
  #eventType: { readonly name: string | undefined } | undefined;

  constructor(letter: BrokerDeadLetter, catalog: Catalog) {
    const { id, origin, subscription, messageId, subject, reason, description, attempts, at, redrives } = letter;
    this.#letter = letter;
    this.#catalog = catalog;
    this.id = `${PREFIX}${id}`;
    this.kind = subscription === undefined ? "queue" : "subscription";
    this.subscription = subscription === undefined ? origin : subscriptionWords(origin, subscription);
    this.eventId = messageId;
    this.subject = subject;
    this.reason = reason;
    this.error = description;
    this.attempts = attempts;
    this.at = at;
    this.redrives = redrives;
  }

  get eventType(): string | undefined {
    this.#eventType ??= { name: this.#readEventType() };
    return this.#eventType.name;
  }

  document(): Promise<Uint8Array> {
    return Promise.resolve(this.#body);
  }

  async redrive(): Promise<void> {
    if (this.eventType !== undefined) {
      const problems = await this.#catalog.validateAsync(this.#body);
      if (problems.length > 0) throw new InvalidEventError(problems);
    }
    if (!(await this.#letter.redrive())) {
      throw new XqbusError("xqbus:unknown-name", `${this.id} is no dead letter any more, or a consumer has it`);
    }
  }

  isOf(subscription: string): boolean {
    const { subscription: own, kind } = this;
    return kind === "subscription" ? isMeantBy(subscription, own) : own === subscription;
  }

  assertTarget(): void {
    this.#letter.assertTarget();
  }

  delete(): boolean {
    return this.#letter.delete();
  }

  #readEventType(): string | undefined {
    const event = eventIn(this.#body);
    return event && eventWordOf(event, this.#catalog.model);
  }

  get #body(): Uint8Array {
    return this.#letter.body ?? new Uint8Array();
  }
}
