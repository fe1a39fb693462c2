import { assertInteger } from "../../assert-option.ts";
import { XqbusError } from "../../errors.ts";
import { InvalidEventError } from "../../schema/index.ts";
import type { Catalog } from "../../schema/index.ts";
import { brokerLetters, type BrokerWithDeadLetters } from "./broker-letters.ts";
import type {
  DeadLetter,
  DeadLetterChange,
  DeadLetterChangeOptions,
  DeadLetterGroup,
  DeadLetterQuery,
  DeadLetters,
  DeadLetterView,
} from "./dead-letter.ts";
import { eventIn } from "./event-in.ts";
import type { Letter, LetterSource } from "./letter.ts";
import { groupLetters } from "./letter-groups.ts";
import { listenerLetters, type DeadDeliveries } from "./listener-letters.ts";
import { wantedLetters } from "./wanted-letters.ts";

/** Where the dead letters of a daemon are. */
export interface DeadLetterPlaces {
  readonly catalog: Catalog;
  readonly listeners: DeadDeliveries;
  /** Undefined when the broker is another process: its dead letters are its own. */
  readonly broker: BrokerWithDeadLetters | undefined;
}

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;
const MAX_REFUSED = 100;
/** Documents that are read at the same time. */
const READS = 16;
/** Letters that are changed at the same time, so that their writes share a flush. */
const BATCH = 64;

type Refused = DeadLetterChange["refused"][number];

/** One list of the dead letters of listeners and of the embedded broker. */
export class DaemonDeadLetters implements DeadLetters {
  readonly #catalog: Catalog;
  readonly #sources: readonly LetterSource[];

  constructor({ catalog, listeners, broker }: DeadLetterPlaces) {
    this.#catalog = catalog;
    this.#sources = [listenerLetters(listeners), ...(broker === undefined ? [] : [brokerLetters(broker, catalog)])];
  }

  async list(query: DeadLetterQuery = {}, view: DeadLetterView = {}): Promise<readonly DeadLetter[]> {
    const { limit = DEFAULT_LIMIT } = query;
    assertInteger(limit, "limit", 1, MAX_LIMIT);
    const letters: Letter[] = [];
    for await (const letter of this.#wanted(query, view)) if (letters.push(letter) >= limit) break;
    const found: DeadLetter[] = [];
    for (let at = 0; at < letters.length; at += READS) {
      const documents = await Promise.all(letters.slice(at, at + READS).map(read));
      found.push(...documents.map(({ letter }) => letter));
    }
    return found;
  }

  async groups(query: DeadLetterQuery = {}, view: DeadLetterView = {}): Promise<readonly DeadLetterGroup[]> {
    return groupLetters(this.#wanted(query, view));
  }

  async show(id: string, view: DeadLetterView = {}): Promise<DeadLetter & { readonly document: Uint8Array }> {
    for await (const found of this.#wanted({ ids: [id] }, view)) {
      const { letter, document } = await read(found);
      if (document === undefined) break;
      return { ...letter, document };
    }
    throw unknownId(id);
  }

  redrive(query: DeadLetterQuery, options: DeadLetterChangeOptions = {}): Promise<DeadLetterChange> {
    const planned = new Map<string, number>();
    return this.#change(query, options, async (letters) => {
      const refused: Refused[] = [];
      const redrive = async (letter: Letter): Promise<void> => {
        try {
          if (options.dryRun === true) await this.#assertRedrivable(letter, planned);
          else await letter.redrive();
        } catch (error) {
          if (!(error instanceof XqbusError)) throw error;
          refused.push({ id: letter.id, code: error.code, message: error.message });
        }
      };
      await Promise.all(letters.map(redrive));
      return { changed: letters.length - refused.length, refused };
    });
  }

  delete(query: DeadLetterQuery, options: DeadLetterChangeOptions = {}): Promise<DeadLetterChange> {
    return this.#change(query, options, async (letters) => {
      if (options.dryRun === true) return { changed: letters.length, refused: [] };
      const deleted = await Promise.all(
        this.#sources.map(async (source) => {
          const own = letters.filter(({ id }) => id.startsWith(source.prefix));
          return own.length === 0 ? [] : source.delete(own);
        }),
      );
      const gone = new Set(deleted.flat());
      const left = letters.filter(({ id }) => !gone.has(id));
      return { changed: gone.size, refused: left.map(({ id }) => refusalOf(id)) };
    });
  }

  #wanted(query: DeadLetterQuery, view: DeadLetterView): AsyncIterableIterator<Letter> {
    return wantedLetters(query, this.#sources, this.#catalog, view);
  }

  /** Changes what is meant batch by batch; ids of which there is nothing are refused. */
  async #change(
    query: DeadLetterQuery,
    { isSeen }: DeadLetterChangeOptions,
    change: (letters: readonly Letter[]) => Promise<Pick<DeadLetterChange, "changed" | "refused">>,
  ): Promise<DeadLetterChange> {
    const refused: Refused[] = [];
    let [matched, changed] = [0, 0];
    const missing = new Set(query.ids);
    let batch: Letter[] = [];
    const flush = async (): Promise<void> => {
      const done = await change(batch);
      matched += batch.length;
      changed += done.changed;
      refused.push(...done.refused.slice(0, MAX_REFUSED - refused.length));
      batch = [];
    };
    for await (const letter of this.#wanted(query, isSeen === undefined ? {} : { isSeen })) {
      missing.delete(letter.id);
      batch.push(letter);
      if (batch.length >= BATCH) await flush();
    }
    if (batch.length > 0) await flush();
    for (const id of missing) if (refused.length < MAX_REFUSED) refused.push(refusalOf(id));
    return { matched, changed, refused };
  }

  /** @param planned how many are to be redriven already, by subscription */
  async #assertRedrivable(letter: Letter, planned: Map<string, number>): Promise<void> {
    const document = await letter.document();
    if (letter.kind === "listener" || eventIn(document) !== undefined) {
      const problems = await this.#catalog.validateAsync(document);
      if (problems.length > 0) throw new InvalidEventError(problems);
    }
    const before = planned.get(letter.subscription) ?? 0;
    letter.assertTarget(before);
    planned.set(letter.subscription, before + 1);
  }
}

/** A letter with its document, which is undefined when it is there no more. */
async function read(
  letter: Letter,
): Promise<{ readonly letter: DeadLetter; readonly document: Uint8Array | undefined }> {
  const { id, subscription, kind, eventId, eventType, subject, reason, error, attempts, at, redrives } = letter;
  let document: Uint8Array | undefined;
  try {
    document = await letter.document();
  } catch (cause) {
    if (!(cause instanceof XqbusError)) throw cause;
  }
  return {
    letter: {
      ...{ id, subscription, kind, eventId, eventType, subject, reason, error, attempts, at, redrives },
      bytes: document?.length ?? 0,
    },
    document,
  };
}

function unknownId(id: string): XqbusError {
  return new XqbusError("xqbus:unknown-name", `there is no dead letter ${JSON.stringify(id.slice(0, 100))}`);
}

function refusalOf(id: string): Refused {
  const { code, message } = unknownId(id);
  return { id, code, message };
}
