import { describe, expect, it } from "vitest";
import { compileFilter, MESSAGE_NAMESPACE } from "../../src/filter/index.ts";
import type { FilterMessage, PropertyValue } from "../../src/filter/index.ts";
import { parseXml } from "../../src/xml/index.ts";
import { errorOf } from "./error-of.ts";

const DOCUMENT = parseXml("<order><priority>3</priority></order>");

function properties(entries: Readonly<Record<string, PropertyValue>>): FilterMessage {
  return { applicationProperties: new Map(Object.entries(entries)) };
}

describe("an application property", () => {
  it.each<[description: string, value: PropertyValue, test: string]>([
    ["a string", "busy", "$p instance of xs:string and $p = 'busy'"],
    ["a 64-bit integer, exactly", 4294967297n, "$p instance of xs:integer and $p eq 4294967297"],
    ["the greatest ulong", 18446744073709551615n, "$p eq 18446744073709551615"],
    ["a double", 5, "$p instance of xs:double and $p = 5"],
    ["a double that is no number", NaN, "not($p = $p)"],
    ["a boolean", true, "$p instance of xs:boolean and $p = true()"],
    ["a timestamp", new Date("2026-01-31T12:00:00.5Z"), "$p eq xs:dateTime('2026-01-31T12:00:00.5Z')"],
    ["bytes", Buffer.from("hello"), "string($p) = 'aGVsbG8='"],
    ["null", null, "empty($p)"],
    ["a timestamp outside of the calendar", new Date(NaN), "empty($p)"],
  ])("is typed: %s", (_, value, test) => {
    const filter = compileFilter(`declare variable $p external; ${test}`);
    expect(filter.matches(DOCUMENT, properties({ p: value }))).toBe(true);
  });

  it("is compared with the document", () => {
    const filter = compileFilter("declare variable $my-limit external; /order/priority <= $my-limit");
    expect(filter.matches(DOCUMENT, properties({ "my-limit": 3n }))).toBe(true);
    expect(filter.matches(DOCUMENT, properties({ "my-limit": 2.5 }))).toBe(false);
    expect(filter.variables).toEqual(["my-limit"]);
  });

  it("needs no declaration in XPath", () => {
    const filter = compileFilter("$limit > 1 and $limit < /order/priority", { language: "xpath" });
    expect(filter.variables).toEqual(["limit"]);
    expect(filter.matches(DOCUMENT, properties({ limit: 2n }))).toBe(true);
  });

  it("must be declared in XQuery", () => {
    expect(errorOf(() => compileFilter("$limit > 1"))).toMatchObject({ code: "XPST0008", line: 1, column: 1 });
  });

  it("has its default value where the message does not have it", () => {
    const filter = compileFilter("declare variable $limit external := /order/priority * 2; $limit = 6");
    expect(filter.matches(DOCUMENT)).toBe(true);
    expect(filter.matches(DOCUMENT, properties({ limit: 5n }))).toBe(false);
    expect(filter.matches(DOCUMENT, properties({ limit: 6n }))).toBe(true);
  });

  it("is empty where the message does not have it and its type says so", () => {
    const filter = compileFilter("declare variable $limit as xs:integer? external; empty($limit)");
    expect(filter.matches(DOCUMENT)).toBe(true);
    expect(filter.matches(DOCUMENT, properties({ limit: 1n }))).toBe(false);
  });

  it.each([
    ["xquery", "declare variable $limit external; $limit = 1"],
    ["xquery", "declare variable $limit as xs:integer external; $limit = 1"],
    ["xpath", "$limit = 1"],
  ] as const)(
    "is an error where the message does not have it and nothing says what else it is (%s)",
    (language, text) => {
      const filter = compileFilter(text, { language });
      expect(errorOf(() => filter.matches(DOCUMENT, properties({ Limit: 1n })))).toMatchObject({
        code: "XPDY0002",
        phase: "dynamic",
        message: expect.stringContaining(
          "the external variable $limit has no value; a type such as xs:string? or a default makes it optional",
        ) as string,
      });
    },
  );

  it("of another type than declared is an error", () => {
    const filter = compileFilter("declare variable $limit as xs:integer external; $limit = 1");
    expect(errorOf(() => filter.matches(DOCUMENT, properties({ limit: "1" })))).toMatchObject({ code: "XPTY0004" });
  });

  it("that the query does not use has no part in it", () => {
    expect(compileFilter("declare variable $a external; true()").matches(DOCUMENT)).toBe(true);
    expect(compileFilter("/order").variables).toEqual([]);
  });
});

describe("a property of the message", () => {
  const message: FilterMessage = {
    id: "01a1",
    subject: "org.clacks.event.PhoneStatus",
    creationTime: new Date("2026-01-31T12:00:00Z"),
    correlationId: "c",
    contentType: "application/xml",
    userId: "admin",
    deliveryCount: 2,
  };

  it.each([
    "$msg:id = '01a1'",
    "starts-with($msg:subject, 'org.clacks.')",
    "$msg:creation-time lt xs:dateTime('2026-02-01T00:00:00Z') and year-from-dateTime($msg:creation-time) = 2026",
    "$msg:correlation-id || $msg:content-type || $msg:user-id = 'capplication/xmladmin'",
    "$msg:delivery-count instance of xs:integer and $msg:delivery-count = 2",
    `declare namespace m='${MESSAGE_NAMESPACE}'; $m:id = '01a1'`,
    `declare variable $msg:subject as xs:string external; contains($msg:subject, 'Phone')`,
  ])("is a variable in its namespace: %s", (text) => {
    expect(compileFilter(text).matches(DOCUMENT, message)).toBe(true);
  });

  it("that is not there is empty", () => {
    expect(compileFilter("empty(($msg:id, $msg:subject, $msg:creation-time))").matches(DOCUMENT)).toBe(true);
  });

  it.each([
    ["$msg:subjet", "XPST0008", "the variable $subjet is not declared"],
    [
      "declare variable $msg:subjet external; true()",
      "XPST0008",
      'a message has no property subjet; expected one of id, subject, creation-time, correlation-id, content-type, user-id, delivery-count (did you mean "subject"?)',
    ],
    [
      "declare variable $Q{urn:other}x external; true()",
      "XPST0008",
      "no message gives the external variable x a value: application properties are in no namespace, other properties in urn:xqbus:message",
    ],
  ])("that no message has is refused: %s", (text, code, reason) => {
    expect(errorOf(() => compileFilter(text))).toMatchObject({
      code,
      message: expect.stringContaining(reason) as string,
    });
  });
});
