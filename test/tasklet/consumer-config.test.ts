import { describe, expect, it } from "vitest";
import { compileFilter } from "../../src/filter/index.ts";
import { parseXml } from "../../src/xml/index.ts";
import { consumerConfig, keyPattern } from "../../src/tasklet/index.ts";

const config = (text: string): ReturnType<typeof consumerConfig> => consumerConfig(text, "consumer.cfg");

describe("an event key", () => {
  it.each([
    ["pylabs.event.crm.*.cancel.#", "pylabs.event.crm.operation.cancel", true],
    ["pylabs.event.crm.*.cancel.#", "pylabs.event.crm.operation.cancel.by.user", true],
    ["pylabs.event.crm.*.cancel.#", "pylabs.event.crm.user.operation.cancel", false],
    ["pylabs.event.crm.*.cancel.#", "pylabs.event.crm.cancel.operation.confirmed", false],
    ["a.#", "a", true],
    ["a.#", "ab", false],
    ["#.b", "b", true],
    ["#.b", "a.a.b", true],
    ["#.b", "a.b.a", false],
    ["#", "anything.at.all", true],
    ["a.*", "a", false],
    ["a(b.c+&", "a(b.c+&", true],
    ["a(b.c+&", "a(bxc+&", false],
  ])("%s for %s: %s, as pattern and as filter", (text, key, expected) => {
    const pattern = keyPattern(text);
    expect(pattern.matches(key)).toBe(expected);
    const filter = compileFilter(pattern.xquery ?? "true()", { language: "xquery" });
    expect(filter.matches(parseXml("<a/>"), { subject: key, applicationProperties: new Map() })).toBe(expected);
    for (const example of pattern.examples) expect(pattern.matches(example)).toBe(true);
  });

  it.each(["", "a b", "a.*b", "a.#'", "a.b#", "a..b"])("may not be %o", (text) => {
    expect(() => keyPattern(text)).toThrow(/event key/);
  });
});

describe("a consumer.cfg", () => {
  it.each([
    ["of the seed", "[main]\nevent_key = pylabs.event.crm.lead.#\nworkers = 1\n", "pylabs.event.crm.lead.#", 1],
    [
      "of the seed's example",
      "[main]\neventKey = pylabs.event.sampleapp.osis.#\nworkers = 1",
      "pylabs.event.sampleapp.osis.#",
      1,
    ],
    ["with colons, comments and blanks", "# a\n  ; b\n[main]\r\n\r\nEVENT_KEY: a.b\r\n", "a.b", 1],
    ["with a semicolon in the value", "[main]\nevent_key = a.b;c\nworkers=3", "a.b;c", 3],
    ["with a value in the next line", "[main]\nworkers =\n  4\nevent_key = a", "a", 4],
  ])("%s is read", (_, text, key, workers) => {
    const read = config(text);
    expect([read.eventKey.text, read.workers, read.warnings]).toEqual([key, workers, []]);
  });

  it.each([
    ["event_key = a", "consumer.cfg:1: there is no section yet; the first line must be [main]"],
    ["[other]\na = b", "consumer.cfg:1: there is no section [main]"],
    ["[main]\nworkers = 1", "consumer.cfg:1: [main] has no event_key"],
    ["[main]\nevent_key = a\nevent_key = b", 'consumer.cfg:3: "event_key" is given already in line 2'],
    ["[main]\nevent_key = a\neventKey = b", "consumer.cfg:3: the event key is given already in line 2"],
    ["[main]\nevent_key = a\n[main]", "consumer.cfg:3: the section [main] is there already"],
    ["[main]\nevent_key", 'consumer.cfg:2: expected "name = value", found "event_key"'],
    [
      "[main]\nevent_key = a\nworkers = many",
      'consumer.cfg:3: workers must be a whole number from 1 to 100, got "many"',
    ],
    [
      "[main]\n\nevent_key = a b",
      'consumer.cfg:3: the event key "a b" must be words with dots between them, "*" for one word, "#" for any number, without quotes and blanks; "a b" is neither',
    ],
  ])("%o is refused with file and line", (text, message) => {
    expect(() => config(text)).toThrow(expect.objectContaining({ code: "xqbus:invalid-config", message }) as Error);
  });

  it("warns of what has no effect", () => {
    expect(config("[main]\nevent_key = a\nworker = 2\n[more]\nb = c").warnings).toEqual([
      "consumer.cfg: the section [more] has no effect; the settings are in [main]",
      'consumer.cfg:3: "worker" has no effect (did you mean "workers"?); there are event_key and workers',
    ]);
  });
});
