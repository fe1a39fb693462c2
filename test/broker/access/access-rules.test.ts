import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AccessRules, UNREADABLE } from "../../../src/broker/access/access-rules.ts";
import type { EventOfQuestion } from "../../../src/broker/access/access-rules.ts";
import { checkAccess } from "../../../src/broker/index.ts";
import type { AccessAction, AccessRule } from "../../../src/broker/index.ts";

const RULES: readonly AccessRule[] = [
  { effect: "deny", user: "ada", action: "publish", address: "org.clacks", event: "ClientLeave" },
  { effect: "allow", user: "ada", action: "publish", address: "org.*" },
  { effect: "allow", user: "bob", action: "publish", address: "org.clacks", event: "Phone*" },
  { effect: "allow", user: "bob", action: "consume", address: "org.clacks.#" },
  { effect: "allow", user: "*", action: "create", address: "jobs.#" },
  { effect: "allow", user: "anonymous", action: "consume", address: "news" },
];

describe("Access rules", () => {
  it.each<readonly [string, AccessAction, string, string | undefined, boolean, number | undefined]>([
    ["ada", "publish", "org.clacks", "PhoneStatus", true, 1],
    ["ada", "publish", "org.clacks", undefined, true, 1],
    ["ada", "publish", "org.clacks", "ClientLeave", false, 0],
    ["ada", "publish", "org.other", "ClientLeave", true, 1],
    ["ada", "publish", "org.clacks.x", "PhoneStatus", false, undefined],
    ["ada", "publish", "org", "PhoneStatus", false, undefined],
    ["ada", "consume", "org.clacks", "PhoneStatus", false, undefined],
    ["bob", "publish", "org.clacks", "PhoneStatus", true, 2],
    ["bob", "publish", "org.clacks", "Phone", true, 2],
    ["bob", "publish", "org.clacks", "MyPhone", false, undefined],
    ["bob", "publish", "org.clacks", undefined, false, undefined],
    ["bob", "consume", "org.clacks", "ClientLeave", true, 3],
    ["bob", "consume", "org.clacks.unrouted", undefined, true, 3],
    ["eve", "create", "jobs.print", undefined, true, 4],
    ["eve", "publish", "jobs.print", undefined, false, undefined],
    ["anonymous", "create", "jobs.print", undefined, false, undefined],
    ["anonymous", "consume", "news", "PhoneStatus", true, 5],
    ["eve", "consume", "news", "PhoneStatus", false, undefined],
  ])("%s, %s %s, event %s: %s by rule %s", (user, action, address, event, isAllowed, rule) => {
    const question = { user, action, address, ...(event === undefined ? {} : { event }) };
    expect(checkAccess(RULES, question)).toEqual({ isAllowed, rule });
  });

  it("do not let what cannot be read pass where types matter", () => {
    const rules = new AccessRules(RULES);
    const question = { action: "publish", address: "org.clacks", event: UNREADABLE } as const;
    expect(rules.answer({ ...question, user: "ada" }).isAllowed).toBe(false);
    expect(rules.answer({ ...question, user: "bob" }).isAllowed).toBe(false);
    expect(rules.answer({ ...question, user: "ada", address: "org.other" }).isAllowed).toBe(true);
  });

  it("say of an address what they say of its messages", () => {
    const rule: fc.Arbitrary<AccessRule> = fc.record(
      {
        effect: fc.constantFrom("allow", "deny"),
        user: fc.constantFrom("*", "ada", "anonymous"),
        action: fc.constantFrom("publish", "consume", "*"),
        address: fc.constantFrom("a", "a.#", "*", "b"),
        event: fc.constantFrom("X", "Y", "*"),
      },
      { requiredKeys: ["effect", "user", "action"] },
    );
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 6 }), fc.constantFrom("ada", "anonymous"), (list, user) => {
        const rules = new AccessRules(list);
        const events: readonly EventOfQuestion["event"][] = ["X", "Y", "Z", undefined, UNREADABLE];
        const answers = events.map((event) => rules.answer({ user, action: "publish", address: "a", event }).isAllowed);
        const access = rules.accessTo(user, "publish", "a");
        if (access === "all") expect(answers).not.toContain(false);
        if (access === "none") expect(answers).not.toContain(true);
      }),
    );
  });

  it.each<readonly [unknown, string]>([
    ["x", "the rules are no list; expected an array of rules"],
    [[null], "rule 1: it is no object"],
    [[RULES[0], {}], "rule 2: effect is missing; expected allow or deny"],
    [[{ ...RULES[0], effect: "permit" }], 'rule 1: effect is "permit"; expected allow or deny'],
    [[{ ...RULES[0], user: "a\n" }], 'rule 1: user is "a\\n"; expected the name of a user, or *'],
    [[{ ...RULES[0], action: "send" }], 'rule 1: action is "send"; expected publish, consume, create or *'],
    [[{ ...RULES[0], address: "" }], 'rule 1: address is ""; expected a pattern such as org.#'],
    [[{ ...RULES[0], event: 1 }], "rule 1: event is 1; expected a name such as PhoneStatus or Phone*"],
    [[{ ...RULES[0], action: "create" }], "rule 1: event is given with the action create, which has none"],
    [[{ ...RULES[0], flags: "x" }], 'rule 1: unknown field "flags"; expected effect, user, action, address, event'],
  ])("that cannot be used are refused: %j", (rules, message) => {
    expect(() => new AccessRules(rules as never)).toThrow(
      expect.objectContaining({ code: "xqbus:illegal-argument", message }),
    );
  });
});
