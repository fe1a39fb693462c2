import { shown } from "../../assert-option.ts";
import { XqbusError } from "../../errors.ts";
import { RoutingPatterns } from "../../filter/index.ts";

/** What an API key may be allowed, and what each of it means. Those of {@link EVENT_SCOPES} may have a pattern of event types behind them. */
export const SCOPES = {
  "action:read": "see actions, workflows, their triggers and runs",
  "action:start": "start actions and workflows",
  "action:write": "create, change and delete actions, workflows and triggers; cancel and retry runs",
  admin: "everything, API keys and the audit log included",
  "archive:read": "query the archive, values of sensitive fields masked",
  "archive:replay": "send archived events once more",
  "broker:read": "see connections, queues and subscriptions of the embedded broker",
  "broker:write": "end connections, purge, delete, move and replay",
  "consumer:report": "tell what tasklets of consumers in folders did",
  "dead-letter:read": "see dead letters; values of sensitive fields are masked",
  "dead-letter:write": "redrive and delete dead letters, and see them unmasked",
  "delivery:read": "see deliveries and traces of events",
  "delivery:write": "ask for another try of a delivery",
  "event-type:read": "see event types, make samples, check and explain filters",
  "event:consume": "see events live, values of sensitive fields masked",
  "event:publish": "send events",
  "listener:read": "see listeners",
  "listener:write": "create, change, delete, pause, resume and test listeners",
  "metrics:read": "read the metrics",
  "producer:read": "see relays, producers, and what waits or is parked in outboxes",
  "producer:write": "install and take away producers, let parked events be tried again",
  "subscription:read": "see routes: subscriptions of the router",
  "subscription:write": "make, change and end routes",
} as const;

/** A scope without pattern. */
export type Scope = keyof typeof SCOPES;

/** Scopes that can be limited to event types. */
export const EVENT_SCOPES = [
  "event:publish",
  "event:consume",
  "listener:read",
  "listener:write",
  "delivery:read",
  "delivery:write",
  "dead-letter:read",
  "dead-letter:write",
  "archive:read",
  "archive:replay",
  // By id of the action or workflow, or by its name.
  "action:start",
] as const;

/** One of {@link EVENT_SCOPES}. */
export type EventScope = (typeof EVENT_SCOPES)[number];

/** What may stand behind a scope. Names of actions and workflows are lines of any characters. */
const WORDS = { characters: /^[!-~]+$/, expected: "words with dots, * for one and # for any number" } as const;
const NAMES = {
  characters: /^[^\p{C}\s](?:[^\p{C}]*[^\p{C}\s])?$/u,
  expected: "an id, a name, or words with dots, * for one and # for any number",
} as const;
const MAX_SCOPES = 100;
const MAX_PATTERN_LENGTH = 200;

/**
 * Refuses scopes that do not exist.
 *
 * @throws XqbusError `xqbus:illegal-argument`
 */
export function assertScopes(scopes: readonly string[]): void {
  if (scopes.length === 0 || scopes.length > MAX_SCOPES) {
    throw illegal(`an API key needs 1 to ${MAX_SCOPES} scopes, got ${scopes.length}`);
  }
  for (const scope of scopes) {
    if (Object.hasOwn(SCOPES, scope)) continue;
    const { name, pattern } = patternOf(scope);
    if (!isEventScope(name)) {
      const known = Object.keys(SCOPES).join(", ");
      throw illegal(`there is no scope ${shown(scope)}; expected one of ${known}, or event:publish:repo.*`);
    }
    const { characters, expected } = name === "action:start" ? NAMES : WORDS;
    if (pattern.length > MAX_PATTERN_LENGTH || !characters.test(pattern)) {
      throw illegal(`the pattern of scope ${shown(scope)} is not understood; expected ${expected}: ${name}:repo.*`);
    }
  }
}

/** What the scopes of one key allow. */
export class Grants {
  readonly #scopes: ReadonlySet<string>;
  readonly #patterns: Map<EventScope, RoutingPatterns> = new Map();

  constructor(scopes: readonly string[]) {
    this.#scopes = new Set(scopes);
    for (const scope of scopes) {
      const { name, pattern } = patternOf(scope);
      if (pattern === "" || !isEventScope(name)) continue;
      const patterns = this.#patterns.get(name) ?? new RoutingPatterns();
      patterns.take(pattern);
      this.#patterns.set(name, patterns);
    }
  }

  /** Whether it is allowed at all; a scope with a pattern is enough. */
  allows(scope: Scope): boolean {
    return this.allowsAll(scope) || (isEventScope(scope) && this.#patterns.has(scope));
  }

  /** Whether it is allowed without a limit to event types. */
  allowsAll(scope: Scope): boolean {
    return this.#scopes.has("admin") || this.#scopes.has(scope);
  }

  /** Whether it is allowed for events of this type, which is called as in its XSD file. */
  allowsType(scope: EventScope, eventType: string): boolean {
    if (this.allowsAll(scope)) return true;
    return (this.#patterns.get(scope)?.matching(eventType).length ?? 0) > 0;
  }

  /** The patterns of event types that a scope is limited to. */
  patternsOf(scope: EventScope): readonly string[] {
    return this.#patterns.get(scope)?.texts ?? [];
  }
}

function isEventScope(scope: string): scope is EventScope {
  return (EVENT_SCOPES as readonly string[]).includes(scope);
}

/** `event:publish:repo.*` is the scope `event:publish` with the pattern `repo.*`. */
function patternOf(scope: string): { readonly name: string; readonly pattern: string } {
  const [, name = scope, pattern = ""] = /^([a-z-]+:[a-z]+):(.*)$/s.exec(scope) ?? [];
  return { name, pattern };
}

function illegal(message: string): XqbusError {
  return new XqbusError("xqbus:illegal-argument", message);
}
