import { RoutingPatterns } from "../../filter/index.ts";
import { assertRules } from "./access-rule.ts";
import type { AccessAction, AccessQuestion, AccessRule } from "./access-rule.ts";
import { ANONYMOUS_USER, IN_PROCESS_USER } from "./user-name.ts";

/** An answer, and the rule that gave it. */
export interface AccessAnswer {
  readonly isAllowed: boolean;
  /** Its number from 0; undefined when no rule fits. */
  readonly rule: number | undefined;
}

/** Whether an address may be used: for all messages, none, or those of certain event types. */
export type AddressAccess = "all" | "none" | "by-event";

/** An event type that cannot be read: no rule that names types allows it, and each that does denies it. */
export const UNREADABLE: unique symbol = Symbol("unreadable");

interface Line {
  readonly rule: AccessRule;
  readonly addresses: RoutingPatterns;
  readonly events: RegExp | undefined;
}

/** Rules in their order, made for many questions. */
export class AccessRules {
  /** Undefined: all users may do everything, `anonymous` nothing. */
  readonly #lines: readonly Line[] | undefined;

  /** @throws XqbusError `xqbus:illegal-argument` */
  constructor(rules: readonly AccessRule[] | undefined) {
    if (rules !== undefined) assertRules(rules);
    this.#lines = rules?.map((rule) => ({
      rule,
      addresses: patternOf(rule.address ?? "#"),
      events: globOf(rule.event),
    }));
  }

  /** Whether it may be done with that address at all. */
  accessTo(user: string, action: AccessAction, address: string): AddressAccess {
    if (user === IN_PROCESS_USER) return "all";
    if (this.#lines === undefined) return user === ANONYMOUS_USER ? "none" : "all";
    let someAllowed = false;
    let someDenied = false;
    for (const { rule, events } of this.#linesFor(user, action, address)) {
      const allows = rule.effect === "allow";
      if (events === undefined) {
        if (allows) return someDenied ? "by-event" : "all";
        return someAllowed ? "by-event" : "none";
      }
      someAllowed ||= allows;
      someDenied ||= !allows;
    }
    return someAllowed ? "by-event" : "none";
  }

  /** Whether a message may be published or received. */
  answer({ user, action, address, event }: Omit<AccessQuestion, "event"> & EventOfQuestion): AccessAnswer {
    if (user === IN_PROCESS_USER) return { isAllowed: true, rule: undefined };
    if (this.#lines === undefined) return { isAllowed: user !== ANONYMOUS_USER, rule: undefined };
    for (const { rule, events, index } of this.#linesFor(user, action, address)) {
      if (events === undefined || fits(events, rule, event)) return { isAllowed: rule.effect === "allow", rule: index };
    }
    return { isAllowed: false, rule: undefined };
  }

  *#linesFor(user: string, action: AccessAction, address: string): Generator<Line & { readonly index: number }> {
    for (const [index, line] of (this.#lines ?? []).entries()) {
      const { rule, addresses } = line;
      const isUser = rule.user === user || (rule.user === "*" && user !== ANONYMOUS_USER);
      const isAction = rule.action === action || rule.action === "*";
      // An event type means nothing to who only makes a node.
      if (!isUser || !isAction || (action === "create" && rule.event !== undefined)) continue;
      if (addresses.matching(address).length > 0) yield { ...line, index };
    }
  }
}

/** The event type of a message; undefined for one that is no event. */
export interface EventOfQuestion {
  readonly event?: string | typeof UNREADABLE | undefined;
}

/**
 * Whether rules allow something, and which one decides.
 *
 * @throws XqbusError `xqbus:illegal-argument` for rules that cannot be used
 */
export function checkAccess(rules: readonly AccessRule[], question: AccessQuestion): AccessAnswer {
  return new AccessRules(rules).answer(question);
}

function fits(events: RegExp, { effect }: AccessRule, event: EventOfQuestion["event"]): boolean {
  if (event === UNREADABLE) return effect === "deny";
  return event !== undefined && events.test(event);
}

function patternOf(text: string): RoutingPatterns {
  const patterns = new RoutingPatterns();
  patterns.take(text);
  return patterns;
}

/** Any characters for `*`; several of them in a row are one, so that no name takes long. */
function globOf(text: string | undefined): RegExp | undefined {
  if (text === undefined) return undefined;
  const parts = text.split(/\*+/).map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "su");
}
