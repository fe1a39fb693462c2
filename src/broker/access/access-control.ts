import type { Clock } from "../clock.ts";
import type { Tally } from "../tally.ts";
import type { MessageView } from "../node/message/message-view.ts";
import { isTemporary } from "../node/temporary-address.ts";
import { readUserId } from "../protocol/message-sections.ts";
import type { LinkIdentity } from "../protocol/nodes.ts";
import type { AmqpError } from "../protocol/protocol-fault.ts";
import type { AccessOptions } from "./access-options.ts";
import type { AccessAction, AccessRule } from "./access-rule.ts";
import { AccessRules, UNREADABLE } from "./access-rules.ts";
import type { AddressAccess } from "./access-rules.ts";
import { eventNamesOf } from "./event-names.ts";
import { ANONYMOUS_USER, IN_PROCESS_USER } from "./user-name.ts";

/** A link that is attached, and how to end it. */
interface GuardedLink {
  readonly right: Right;
  readonly close: (error: AmqpError) => void;
}

/** A link that was attached without rules does not look at event types. */
const FIRST_RULES: AmqpError = {
  condition: "amqp:link:detach-forced",
  description: "access rules hold from now on; attach again",
};

/** Who may do what in one broker, as the rules of the moment say. */
export class AccessControl {
  readonly #tally: Tally;
  readonly #verifiesUserIds: boolean;
  readonly #clock: Clock;
  readonly #links = new Set<GuardedLink>();
  #hasRules: boolean;
  #rules: AccessRules;
  #since: number;

  /** @throws XqbusError `xqbus:illegal-argument` */
  constructor(
    rules: readonly AccessRule[] | undefined,
    tally: Tally,
    clock: Clock,
    userIds: AccessOptions["userIds"] = "verify",
  ) {
    this.#hasRules = rules !== undefined;
    this.#clock = clock;
    this.#since = clock.now();
    this.#rules = new AccessRules(rules);
    this.#tally = tally;
    this.#verifiesUserIds = userIds === "verify";
  }

  /** Whether there are rules; without them nothing depends on event types. */
  get hasRules(): boolean {
    return this.#hasRules;
  }

  /** When the rules of the moment began to hold, ms since 1970: what was queued until then other ones have let in. */
  get since(): number {
    return this.#since;
  }

  get rules(): AccessRules {
    return this.#rules;
  }

  /** Other rules from now on; links that they do not allow end. With the first rules all others have to be attached again. */
  replace(rules: readonly AccessRule[]): void {
    this.#rules = new AccessRules(rules);
    this.#since = this.#clock.now();
    const otherwise = this.#hasRules ? undefined : FIRST_RULES;
    this.#hasRules = true;
    for (const { right, close } of [...this.#links]) {
      const error = right.refusal() ?? (right.isOfThisProcess ? undefined : otherwise);
      if (error !== undefined) close(error);
    }
  }

  /** The right of a link's user to do something with an address. */
  rightOf({ user }: Pick<LinkIdentity, "user">, action: AccessAction, address: string): Right {
    return new Right(this, user, action, address);
  }

  /**
   * Why a message must not be taken from this user: it says that somebody else is responsible for it (AMQP 1.0, part 3.2.4, property
   * user-id), or nobody can tell what it says.
   */
  refusalOfSender({ user }: Pick<LinkIdentity, "user">, { bytes }: MessageView): AmqpError | undefined {
    if (!this.#verifiesUserIds) return undefined;
    const claim = claimOf(bytes);
    if (claim === undefined || claim === user) return undefined;
    this.denied();
    const claimed = claim === UNREADABLE ? "cannot be read" : `is ${JSON.stringify(claim.slice(0, MAX_SHOWN_LENGTH))}`;
    return unauthorized(`the message's user-id ${claimed}, and the login is ${JSON.stringify(user)}`);
  }

  /** Watches a link while it is attached; gives what ends that. */
  guard(right: Right, close: GuardedLink["close"]): () => void {
    const link = { right, close };
    this.#links.add(link);
    return () => this.#links.delete(link);
  }

  /** Counts a link or message that was refused. */
  denied(): void {
    this.#tally.denied++;
  }

  /** Counts an event that a subscription did not get. */
  withheld(): void {
    this.#tally.withheld++;
  }
}

/** What one user may do with one address. */
export class Right {
  readonly #control: AccessControl;
  readonly #user: string;
  readonly #action: AccessAction;
  readonly #address: string;
  #rules: AccessRules | undefined;
  #access: AddressAccess = "none";

  constructor(control: AccessControl, user: string, action: AccessAction, address: string) {
    this.#control = control;
    this.#user = user;
    this.#action = action;
    this.#address = address;
  }

  /** Whether it is of the process that the broker runs in: no rule concerns it. */
  get isOfThisProcess(): boolean {
    return this.#user === IN_PROCESS_USER;
  }

  /** Why it must not be done at all; undefined when it may, at least with certain event types. */
  refusal(): AmqpError | undefined {
    if (this.#current() !== "none") return undefined;
    this.#control.denied();
    return unauthorized(`${this.#who} may not ${this.#action} ${this.#where}`);
  }

  /**
   * Why a message must not be published. The type is that of the document; where types matter, a subject `ADDRESS.event.NAME` that
   * names another one is refused as well.
   */
  refusalOf(message: MessageView): AmqpError | undefined {
    const access = this.#current();
    if (access === "all") return undefined;
    if (access === "none") return this.refusal();
    const names = this.#namesOf(message);
    const forbidden = names.find((event) => !this.#allows(event));
    if (forbidden !== undefined || (names.length === 0 && !this.#allows(undefined))) {
      this.#control.denied();
      return unauthorized(`${this.#who} may not ${this.#action} ${messagesOf(forbidden)} ${this.#where}`);
    }
    const prefix = `${this.#address}.event.`;
    const { routingKey } = message;
    const [name = ""] = names;
    if (names.length === 0 || !routingKey.startsWith(prefix) || routingKey.slice(prefix.length) === name)
      return undefined;
    this.#control.denied();
    const claimed = routingKey.slice(prefix.length, prefix.length + MAX_SHOWN_LENGTH);
    return unauthorized(`the subject says ${JSON.stringify(claimed)}, and the document is ${messagesOf(name)}`);
  }

  /** Whether a message may be received. */
  allows(message: MessageView): boolean {
    const access = this.#current();
    if (access !== "by-event") return access === "all";
    const names = this.#namesOf(message);
    return names.length === 0 ? this.#allows(undefined) : names.every((event) => this.#allows(event));
  }

  /** More than one name is no event; each of them has to be allowed, because filters may look for any. */
  #namesOf(message: MessageView): readonly (string | typeof UNREADABLE)[] {
    const { document } = message;
    return document === undefined ? [UNREADABLE] : eventNamesOf(document);
  }

  #allows(event: string | typeof UNREADABLE | undefined): boolean {
    const question = { user: this.#user, action: this.#action, address: this.#address };
    return this.#control.rules.answer({ ...question, event }).isAllowed;
  }

  /** Addresses that the broker made are known to those only whom their owner told them. */
  #current(): AddressAccess {
    const { rules } = this.#control;
    if (this.#rules === rules) return this.#access;
    this.#rules = rules;
    const isFree = isTemporary(this.#address) && this.#user !== ANONYMOUS_USER;
    this.#access = isFree ? "all" : rules.accessTo(this.#user, this.#action, this.#address);
    return this.#access;
  }

  get #who(): string {
    return `user ${JSON.stringify(this.#user)}`;
  }

  get #where(): string {
    const preposition = { publish: "to ", consume: "from ", create: "" }[this.#action];
    return `${preposition}${JSON.stringify(this.#address.slice(0, MAX_SHOWN_LENGTH))}`;
  }
}

/** UTF-16 code units of what clients wrote that go into a description. */
const MAX_SHOWN_LENGTH = 100;

function messagesOf(event: string | typeof UNREADABLE | undefined): string {
  if (event === UNREADABLE) return "a message whose event type cannot be read";
  return event === undefined ? "a message that is no event" : `an event of type ${JSON.stringify(event.slice(0, 100))}`;
}

function unauthorized(description: string): AmqpError {
  return { condition: "amqp:unauthorized-access", description };
}

function claimOf(message: Buffer): string | undefined | typeof UNREADABLE {
  try {
    return readUserId(message);
  } catch {
    return UNREADABLE;
  }
}
