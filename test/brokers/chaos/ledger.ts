/** A subscription whose events are counted. */
export interface Subscribed {
  readonly name: string;
  /** It wants the events of these keys. */
  readonly keys: readonly string[];
  /** Events of one key have to come in their order. */
  readonly isOrdered: boolean;
}

/** What a sender and the subscriptions have seen of a run. */
export interface LedgerReport {
  /** Events that the sender heard to be accepted. */
  readonly acked: number;
  /** Events of which it never heard. */
  readonly unanswered: number;
  /** Acked events times the subscriptions that want them. */
  readonly expected: number;
  /** Of these, the ones that did not come, as `subscription event`. */
  readonly lost: readonly string[];
  /** Receptions beyond the first. */
  readonly duplicates: number;
  /** Receptions of events that were not sent, not wanted, or came with another message id, as `subscription event`. */
  readonly foreign: readonly string[];
  /** First receptions before which a later event of the same key had come, where that must not be. */
  readonly disordered: readonly string[];
}

/** An event has a key and a number, which are its message id, too. */
export function idOf(key: string, number: number): string {
  return `${key}:${number}`;
}

/** The history of a run: whatever was acknowledged to the sender has to come to every subscription that wants it. */
export class Ledger {
  readonly #acked = new Set<string>();
  readonly #sent = new Set<string>();
  readonly #received = new Map<string, Set<string>>();
  readonly #byName: ReadonlyMap<string, Subscribed>;
  /** Highest number of a subscription and key. */
  readonly #last = new Map<string, number>();
  readonly #foreign: string[] = [];
  readonly #disordered: string[] = [];
  #duplicates = 0;
  #receptions = 0;

  constructor(subscriptions: readonly Subscribed[]) {
    this.#byName = new Map(subscriptions.map((each) => [each.name, each]));
    for (const { name } of subscriptions) this.#received.set(name, new Set());
  }

  send(key: string, number: number): void {
    this.#sent.add(idOf(key, number));
  }

  ack(key: string, number: number): void {
    this.#acked.add(idOf(key, number));
  }

  /** @param messageId of the message that had the event */
  receive(name: string, messageId: string, key: string, number: number): void {
    this.#receptions++;
    const subscribed = this.#byName.get(name);
    const id = idOf(key, number);
    if (subscribed === undefined || !subscribed.keys.includes(key) || !this.#sent.has(id) || messageId !== id) {
      this.#foreign.push(`${name} ${id} as ${messageId}`);
      return;
    }
    const received = this.#received.get(name)!;
    if (received.has(id)) {
      this.#duplicates++;
      return;
    }
    received.add(id);
    if (!subscribed.isOrdered) return;
    const lane = `${name} ${key}`;
    const last = this.#last.get(lane) ?? -1;
    if (number < last) this.#disordered.push(`${name} ${id} behind ${last}`);
    else this.#last.set(lane, number);
  }

  /** Grows with whatever moves. */
  get moves(): number {
    return this.#receptions + this.#acked.size;
  }

  get ackedCount(): number {
    return this.#acked.size;
  }

  /** Acked events that have not come, of the subscriptions of these names. */
  missing(names: Iterable<string> = this.#byName.keys()): readonly string[] {
    const ackedOf = this.#ackedByKey();
    return [...names].flatMap((name) => {
      const received = this.#received.get(name)!;
      const wanted = this.#byName.get(name)!.keys.flatMap((key) => ackedOf.get(key) ?? []);
      return wanted.filter((id) => !received.has(id)).map((id) => `${name} ${id}`);
    });
  }

  report(): LedgerReport {
    const ackedOf = this.#ackedByKey();
    const wantedBy = ({ keys }: Subscribed): number =>
      keys.reduce((sum, key) => sum + (ackedOf.get(key)?.length ?? 0), 0);
    return {
      ...{ acked: this.#acked.size, unanswered: this.#sent.size - this.#acked.size },
      expected: [...this.#byName.values()].reduce((sum, subscribed) => sum + wantedBy(subscribed), 0),
      ...{ lost: this.missing(), duplicates: this.#duplicates },
      ...{ foreign: this.#foreign, disordered: this.#disordered },
    };
  }

  #ackedByKey(): ReadonlyMap<string, readonly string[]> {
    const byKey = new Map<string, string[]>();
    for (const id of this.#acked) {
      const key = id.slice(0, id.indexOf(":"));
      const ids = byKey.get(key);
      if (ids === undefined) byKey.set(key, [id]);
      else ids.push(id);
    }
    return byKey;
  }
}
