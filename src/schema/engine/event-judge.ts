import { eventNameOf } from "../model/event-name.ts";
import { XmlElement, type XmlDocument, type XmlLimits } from "../../xml/index.ts";
import type { EngineResult, Libxml2 } from "./libxml2.ts";
import { PlainEvents } from "./plain-events.ts";

/** What is to be known of a compiled schema to judge events by it. */
export interface JudgedSchema {
  readonly namespace: string;
  /** As in a catalog. */
  readonly eventNames: readonly string[];
  /** Whether the engine accepts any declared element of the namespace in the place of the event. */
  readonly hasOpenEnvelope: boolean;
}

/**
 * Decides with an engine whether events are valid: from their bytes alone where that is safe ({@link PlainEvents}), else from
 * the text that the light tree was built of. Does itself what the engine's schema leaves open.
 */
export class EventJudge {
  readonly #namespace: string;
  readonly #eventNames: ReadonlySet<string>;
  readonly #hasOpenEnvelope: boolean;
  readonly #plainEvents: PlainEvents;

  constructor({ namespace, eventNames, hasOpenEnvelope }: JudgedSchema, limits: Partial<XmlLimits>) {
    this.#namespace = namespace;
    this.#eventNames = new Set(eventNames);
    this.#hasOpenEnvelope = hasOpenEnvelope;
    this.#plainEvents = new PlainEvents(namespace, eventNames, limits);
  }

  /**
   * A first judgement without the light tree; undefined where only the light tree can tell.
   *
   * It is final only when it {@link isFinal}. Any other must be given to {@link judgeTree} with the tree of these bytes.
   */
  judgeBytes(bytes: Uint8Array, engine: Pick<Libxml2, "validate">): EngineResult | undefined {
    return this.#plainEvents.include(bytes) ? engine.validate(bytes) : undefined;
  }

  /**
   * Judges a document that the light tree has accepted and whose root is the envelope.
   *
   * @param first what {@link judgeBytes} said about it
   */
  judgeTree(tree: XmlDocument, engine: Pick<Libxml2, "validate">, first?: EngineResult): EngineResult {
    if (first !== undefined) return first;
    const stranger = this.#hasOpenEnvelope ? this.#strangerIn(tree) : undefined;
    // The engine gets the text that our own parser accepted, so that both see the same characters whatever the encoding was.
    return stranger === undefined ? engine.validate(tree.source) : refuse(stranger);
  }

  /** The first child of the envelope when it is no event. The engine itself refuses a second child. */
  #strangerIn({ documentElement }: XmlDocument): XmlElement | undefined {
    const event = documentElement.children.find((child) => child instanceof XmlElement);
    if (event === undefined) return undefined;
    return this.#eventNames.has(eventNameOf(event.name, this.#namespace)) ? undefined : event;
  }
}

/** Whether a judgement from bytes needs no second look: valid, and the engine had no remark. */
export function isFinal({ verdict, isClean }: EngineResult): boolean {
  return verdict === "valid" && isClean === true;
}

/** What the engine would say if its envelope were a choice of the events. */
function refuse(stranger: XmlElement): EngineResult {
  const message = `Element '${String(stranger.name)}': This element is not expected.`;
  return {
    verdict: "invalid",
    errors: [{ code: ELEMENT_CONTENT, message, line: 0, column: 0, nodePath: FIRST_IN_ROOT }],
  };
}

/** libxml2's XML_SCHEMAV_ELEMENT_CONTENT. */
const ELEMENT_CONTENT = 1871;
/** In the form of xmlGetNodePath. */
const FIRST_IN_ROOT = "/*/*[1]";
