import { shown } from "../../assert-option.ts";
import { XqbusError } from "../../errors.ts";
import { maskSensitive } from "../../event/index.ts";
import { compileFilter, FilterError } from "../../filter/index.ts";
import type { Filter } from "../../filter/index.ts";
import { EventTypes } from "../../listener/index.ts";
import { eventWordOf, findEvent, type Catalog } from "../../schema/index.ts";
import { CALLER_FILTER_BUDGET } from "../filter-budget.ts";
import { inTurns } from "../../in-turns.ts";
import type { DeadLetterQuery, DeadLetterView } from "./dead-letter.ts";
import { eventIn } from "./event-in.ts";
import type { Letter, LetterSource } from "./letter.ts";

/**
 * The dead letters that a query means, in the order of the list.
 *
 * @throws XqbusError, FilterError for a filter that cannot be used, before the first one; UnknownNameError at the end for an event type
 * that nobody knows
 */
export function wantedLetters(
  query: DeadLetterQuery,
  sources: readonly LetterSource[],
  catalog: Catalog,
  { isSeen, isMasked = () => false }: DeadLetterView,
): AsyncIterableIterator<Letter> {
  const { subscription, reason, eventId, eventType, xquery, after } = query;
  if (after !== undefined && !sources.some((source) => source.isId(after))) {
    const ids = "listener-… with 24 hexadecimal digits, or queue-… with digits";
    throw new XqbusError(
      "xqbus:illegal-argument",
      `after must be the id of a dead letter, ${ids}, got ${shown(after)}`,
    );
  }
  const filter = xquery === undefined ? undefined : compileFilter(xquery, { catalog, budget: CALLER_FILTER_BUDGET });
  const types = eventType === undefined ? undefined : typesOf(eventType, catalog);
  let isTypeFound = false;
  const isOfType = ({ eventType: own }: Letter): boolean => {
    const isOne = own !== undefined && (types?.includes(own) ?? false);
    isTypeFound ||= isOne;
    return isOne;
  };
  const isWanted = async (letter: Letter): Promise<boolean> =>
    (eventId === undefined || letter.eventId === eventId) &&
    (isSeen === undefined || isSeen(letter.eventType)) &&
    (types === undefined || isOfType(letter)) &&
    (reason === undefined || letter.reason === reason) &&
    (subscription === undefined || letter.isOf(subscription)) &&
    (filter === undefined || (await matches(letter, filter, isMasked(letter.eventType) ? catalog : undefined)));
  // The catalog may have lost a type of which there are dead letters still.
  const assertType = (): void => {
    if (eventType !== undefined && !isTypeFound && after === undefined) {
      new EventTypes(catalog.model).assertKnown([eventType]);
    }
  };
  return wanted(candidates(query, sources), isWanted, assertType);
}

async function* wanted(
  letters: AsyncIterable<Letter>,
  isWanted: (letter: Letter) => Promise<boolean>,
  onEnd: () => void,
): AsyncIterableIterator<Letter> {
  for await (const letter of inTurns(letters)) if (await isWanted(letter)) yield letter;
  onEnd();
}

async function* candidates(
  { ids, after, ...asked }: DeadLetterQuery,
  sources: readonly LetterSource[],
): AsyncIterableIterator<Letter> {
  const start = after === undefined ? 0 : sources.findIndex(({ prefix }) => after.startsWith(prefix));
  for (const [at, source] of sources.entries()) {
    if (ids !== undefined) yield* source.find(ids.filter((id) => id.startsWith(source.prefix)));
    else if (at >= start) yield* source.letters(at === start ? after : undefined, asked);
  }
}

/** What letters may have as event type when somebody asks for one by its word or by its name. */
function typesOf(asked: string, { model }: Catalog): readonly string[] {
  const declared = findEvent(model, asked)?.name;
  if (declared === undefined) return [asked];
  return [asked, eventWordOf({ name: declared.localName, namespace: declared.namespace }, model)];
}

/** An evaluation that fails is none that matches, as everywhere. */
async function matches(letter: Letter, filter: Filter, masking: Catalog | undefined): Promise<boolean> {
  const sent = eventIn(await letter.document());
  if (sent === undefined) return false;
  const event = masking === undefined ? sent : maskSensitive(sent, masking);
  const { eventId: id, subject } = letter;
  try {
    return filter.matches(event.document, {
      ...(id === undefined ? {} : { id }),
      ...(subject === undefined ? {} : { subject }),
    });
  } catch (error) {
    if (error instanceof FilterError) return false;
    throw error;
  }
}
