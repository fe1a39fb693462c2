import { XqbusError } from "../../errors.ts";
import { userNameProblem, ANONYMOUS_USER } from "./user-name.ts";

/** What a user does with an address: send to it, receive from it, make it a topic or queue. */
export type AccessAction = "publish" | "consume" | "create";

/** One line of who may do what. The first rule that fits decides; what none fits is denied. */
export interface AccessRule {
  readonly effect: "allow" | "deny";
  /** A user's name; `*` is everybody but `anonymous`. */
  readonly user: string;
  /** `*` is all of them. */
  readonly action: AccessAction | "*";
  /** A pattern of addresses: words with dots between them, `*` one word, `#` any number. Default `#`. */
  readonly address?: string;
  /**
   * Event types to which the rule is limited, with `*` for any characters: `PhoneStatus`, `Phone*`, `{urn:x}*`. The broker
   * reads the type from the document. Default: every message. Not with the action `create`.
   */
  readonly event?: string;
}

/** What somebody wants to do. */
export interface AccessQuestion {
  readonly user: string;
  readonly action: AccessAction;
  readonly address: string;
  /** Undefined: a message that is no event. */
  readonly event?: string;
}

const EFFECTS: readonly unknown[] = ["allow", "deny"];
const ACTIONS: readonly unknown[] = ["publish", "consume", "create", "*"];
const KEYS = ["effect", "user", "action", "address", "event"];
/** Of a pattern; it is compared with what clients send. */
const MAX_PATTERN_LENGTH = 1000;

/** @throws XqbusError `xqbus:illegal-argument` that names the rule by its number, from 1 */
export function assertRules(rules: readonly AccessRule[]): void {
  if (!Array.isArray(rules)) throw illegal("the rules are no list; expected an array of rules");
  for (const [index, rule] of rules.entries()) {
    const problem = problemOf(rule as unknown);
    if (problem !== undefined) throw illegal(`rule ${index + 1}: ${problem}`);
  }
}

function problemOf(rule: unknown): string | undefined {
  if (typeof rule !== "object" || rule === null) return "it is no object";
  const fields = new Map<string, unknown>(Object.entries(rule));
  const unknownKey = [...fields.keys()].find((key) => !KEYS.includes(key));
  if (unknownKey !== undefined) return `unknown field ${JSON.stringify(unknownKey)}; expected ${KEYS.join(", ")}`;
  if (!EFFECTS.includes(fields.get("effect")))
    return `effect is ${shown(fields.get("effect"))}; expected allow or deny`;
  const user = fields.get("user");
  if (typeof user !== "string" || !isUser(user)) return `user is ${shown(user)}; expected the name of a user, or *`;
  const action = fields.get("action");
  if (!ACTIONS.includes(action)) return `action is ${shown(action)}; expected publish, consume, create or *`;
  const { address, event } = rule as Partial<AccessRule>;
  if (address !== undefined && !isPattern(address))
    return `address is ${shown(address)}; expected a pattern such as org.#`;
  if (event === undefined) return undefined;
  if (!isPattern(event)) return `event is ${shown(event)}; expected a name such as PhoneStatus or Phone*`;
  return action === "create" ? "event is given with the action create, which has none" : undefined;
}

function isUser(user: string): boolean {
  return user === "*" || user === ANONYMOUS_USER || userNameProblem(user) === undefined;
}

function isPattern(pattern: unknown): boolean {
  return typeof pattern === "string" && pattern !== "" && pattern.length <= MAX_PATTERN_LENGTH;
}

function shown(value: unknown): string {
  return value === undefined ? "missing" : (JSON.stringify(value)?.slice(0, 100) ?? typeof value);
}

function illegal(message: string): XqbusError {
  return new XqbusError("xqbus:illegal-argument", message);
}
