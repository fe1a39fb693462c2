import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { Event } from "../../src/event/index.ts";
import { maskedAnswer } from "../../src/listener/mask-answer.ts";
import type { Catalog } from "../../src/schema/index.ts";
import { catalogWith, event, xsd } from "../schema/harness.ts";

const SENSITIVE = `<xs:annotation><xs:appinfo><x:sensitive xmlns:x="urn:xqbus"/></xs:appinfo></xs:annotation>`;

let catalog: Catalog;
beforeAll(async () => {
  catalog = await catalogWith({
    "Login.xsd": xsd(`<xs:element name="Login"><xs:complexType><xs:sequence>
      <xs:element name="User" type="xs:string"/>
      <xs:element name="Password" type="xs:string" minOccurs="0">${SENSITIVE}</xs:element>
      <xs:element name="Card" type="e:Card" minOccurs="0"/>
    </xs:sequence><xs:attribute name="token" type="xs:string">${SENSITIVE}</xs:attribute></xs:complexType></xs:element>
    <xs:complexType name="Card"><xs:sequence><xs:element name="Bank" type="xs:string"/></xs:sequence></xs:complexType>
    <xs:complexType name="SecretCard">${SENSITIVE}<xs:complexContent><xs:extension base="e:Card"><xs:sequence/>
      <xs:attribute name="pin" type="xs:string"/></xs:extension></xs:complexContent></xs:complexType>`),
  });
});

function escaped(text: string): string {
  return text.replaceAll(/[&<>"'\n\t]/gu, (character) => `&#${character.charCodeAt(0)};`);
}

function login(password: string): Event {
  return Event.parse(event(`<Login><User>u</User><Password>${escaped(password)}</Password></Login>`), { catalog });
}

function asAscii(json: string): string {
  return json.replaceAll(/[^\x20-\x7e]/gu, (character) =>
    character.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  ); // prettier-ignore
}

/** How receivers repeat what they have got. */
const REPEATS: readonly (readonly [string, (value: string) => string])[] = [
  ["as it is", (value) => value],
  ["on one line", (value) => value.replaceAll(/\s+/gu, " ")],
  ["in JSON", (value) => JSON.stringify({ Password: value })],
  ["in JSON of ASCII", (value) => asAscii(JSON.stringify({ Password: value }))],
  ["in JSON with escaped slashes", (value) => JSON.stringify({ Password: value }).replaceAll("/", "\\/")],
  ["in JSON in JSON", (value) => JSON.stringify({ error: `wrong: ${JSON.stringify({ Password: value })}` })],
  ["in JSON in HTML", (value) => `<pre>${escaped(JSON.stringify({ Password: value }))}</pre>`],
  ["in XML", (value) => `<Password>${value.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</Password>`],
  ["in XML of references", (value) => `<Password>${escaped(value)}</Password>`],
];

describe("an answer in the record of a delivery", () => {
  it.each(REPEATS)("does not have a sensitive value that the receiver repeats %s", (_, repeat) => {
    for (const value of [
      "plain",
      'quo"te',
      "two\nli\tnes",
      "a<b&c>d'e",
      "ünïcode 🔑",
      "C:\\new\\u0041",
      "a/b",
      "&lt;",
    ]) {
      const answer = `no, <${repeat(value)}> is wrong`;
      const [before = "", after = ""] = repeat("~").split("~");
      const shown = (text: string): string => text.replaceAll(/\s+/gu, " ");
      expect(maskedAnswer(answer, login(value), catalog)).toBe(shown(`no, <${before}***${after}> is wrong`));
    }
  });

  it("does not have any sensitive value, however it is repeated", () => {
    const value = fc.string({ minLength: 1, maxLength: 40, unit: fc.constantFrom(..."ab\\/\"'<>&; \nü🔑un0041#x") });
    const text = value.map((each) => each.trim()).filter((each) => each.length > 3);
    fc.assert(
      fc.property(text, fc.constantFrom(...REPEATS), (password, [, repeat]) => {
        const answer = repeat(password);
        const [before = "", after = ""] = repeat("~").split("~");
        const repeated = answer.slice(before.length, answer.length - after.length);
        const masked = maskedAnswer(answer, login(password), catalog);
        expect(masked).toContain("***");
        expect(masked.replaceAll(/\s+/gu, " ")).not.toContain(repeated.replaceAll(/\s+/gu, " ").trim());
      }),
    );
  });

  it("has neither sensitive attributes nor what is in a sensitive element", () => {
    const content = `<Login token="t0ken"><User>u</User><Card xsi:type="SecretCard" pin="1&#34;23"><Bank>my bank</Bank></Card></Login>`;
    const answer = 'u, t0ken, {"pin":"1\\"23","Bank":"my bank"}';
    expect(maskedAnswer(answer, Event.parse(event(content), { catalog }), catalog)).toBe(
      'u, ***, {"pin":"***","Bank":"***"}',
    );
  });

  it("has no part of a long value in which it is cut off", () => {
    const long = "0123456789".repeat(1_000);
    expect(maskedAnswer(`got ${long}`.slice(0, 4_096), login(long), catalog)).toBe("got ***");
    expect(maskedAnswer(`got ${long.slice(0, 100)}…`, login(long), catalog)).toBe("got ***…");
    expect(maskedAnswer(`got ${long.slice(0, 100)} and more`, login(long), catalog)).toContain("and more");
  });

  it("is as it was where nothing is sensitive", () => {
    const answer = "all \\n right &amp; good";
    const plain = Event.parse(event("<Login><User>u</User></Login>"), { catalog });
    expect(maskedAnswer(answer, plain, catalog)).toBe(answer);
  });
});
