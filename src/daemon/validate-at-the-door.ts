import type { PublishedMessage, PublishHook, PublishVerdict } from "../broker/index.ts";
import { XqbusError } from "../errors.ts";
import type { Catalog, Validatable, ValidationProblem } from "../schema/index.ts";
import { describeProblems } from "./describe-problems.ts";
import { rootElement } from "./root-element.ts";

/** How a broker validates. */
export interface DoorOptions {
  /** Ms after which a large event that has not been judged is refused; default 30 000. */
  readonly timeoutMs?: number;
  /** Whether the topic of this address takes events only; another one is as a queue. Default: every topic does. */
  readonly isBus?: (address: string) => boolean;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const ENVELOPE = "Event";
const INVALID = "xqbus:invalid-event";

/**
 * A hook for `startBroker({ onPublish })` that lets valid events in only, whichever client sends them; others are `rejected`
 * with the condition `xqbus:invalid-event` and the first problems. Values that the annotation `sensitive` hides are not shown.
 *
 * A topic takes events only. A queue, and an address that the broker made for a client, take whatever is no event, such
 * as commands and replies; what is an element `Event` in the catalog's namespace has to be valid there, too.
 *
 * Events larger than the catalog's `maxInlineBytes` are judged in its worker. The hook follows the catalog as it changes.
 *
 * @param catalog must stay open as long as the broker
 */
export function validateAtTheDoor(
  catalog: Catalog,
  { timeoutMs = DEFAULT_TIMEOUT_MS, isBus = () => true }: DoorOptions = {},
): PublishHook {
  return (message) => {
    const takesAll = message.kind === "queue" || message.isTemporary || !isBus(message.address);
    if (takesAll && !isEvent(message, catalog)) return undefined;
    const { body } = message;
    if (body === undefined || !(looksLikeXml(body) || isXmlType(message.contentType))) {
      return {
        condition: INVALID,
        description: "the message is no XML; a topic takes events, a queue whatever you like",
      };
    }
    const judge = (problems: readonly ValidationProblem[]): PublishVerdict =>
      problems.length === 0
        ? undefined
        : { condition: INVALID, description: describeProblems(problems, message.document, catalog.model) };
    const document = validatable(message, body);
    if (Buffer.byteLength(body) <= catalog.maxInlineBytes) return judge(catalog.validate(document));
    return catalog.validateAsync(document, { timeoutMs }).then(judge, noVerdict);
  };
}

/** Bytes, of which most need no tree; a tree is made where it is needed and shared with the filters. */
function validatable(message: PublishedMessage, body: string | Uint8Array): Validatable {
  // A text has no encoding any more, whatever its declaration says.
  if (typeof body === "string") return body;
  return {
    bytes: body,
    get document() {
      return message.document;
    },
  } as Validatable;
}

function isEvent(message: PublishedMessage, { namespace }: Catalog): boolean {
  if (message.body === undefined || !looksLikeXml(message.body)) return false;
  const first = rootElement(message.body);
  const root = first === "unknown" ? message.document?.documentElement : first;
  return root?.localName === ENVELOPE && root.name.namespace === namespace;
}

/** Whether the first character is `<`, behind a byte order mark and white space, in any encoding that events may have. */
function looksLikeXml(body: string | Uint8Array): boolean {
  const start = typeof body === "string" ? body.slice(0, 64) : Buffer.from(body.subarray(0, 64)).toString("latin1");
  return /^(?:\u00EF\u00BB\u00BF|\u00FE\u00FF|\u00FF\u00FE|\uFEFF)?[\0 \t\r\n]*</.test(start);
}

function isXmlType(contentType: string | undefined): boolean {
  return contentType !== undefined && /^[^;]*[/+]xml\s*(?:;|$)/i.test(contentType);
}

/** The event may be valid; that is not known. */
function noVerdict(error: unknown): PublishVerdict {
  if (!(error instanceof XqbusError)) throw error;
  return {
    condition: error.code === "xqbus:already-closed" ? "amqp:internal-error" : "amqp:resource-limit-exceeded",
    description: `the event could not be validated: ${error.message}`,
  };
}
