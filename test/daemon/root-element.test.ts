import { expect, it } from "vitest";
import { rootElement } from "../../src/daemon/root-element.ts";

function nameOf(body: string | Uint8Array): string | undefined {
  const root = rootElement(body);
  return typeof root === "object" ? `{${root.name.namespace}}${root.localName}` : root;
}

it.each<[string, string | undefined]>([
  ['<e:Event xmlns:e="urn:e"><broken', "{urn:e}Event"],
  ['\uFEFF<?xml version="1.0" encoding="UTF-8"?>\n<!-- <Other> -->\n<Event a=">" xmlns="urn:e"/>', "{urn:e}Event"],
  ["<Event>", "{}Event"],
  ["{}", undefined],
  ["<!DOCTYPE x><x/>", undefined],
  ["<1>", undefined],
  ["<Event a='", "unknown"],
  [`<!--${"x".repeat(70_000)}--><Event/>`, "unknown"],
  ["", "unknown"],
])("The document element of %.40s is %s, whatever follows it", (text, name) => {
  expect([nameOf(text), nameOf(Buffer.from(text))]).toEqual([name, name]);
});

it("is not looked for in UTF-16", () => {
  expect(rootElement(Buffer.from("\uFEFF<Event/>", "utf16le"))).toBe("unknown");
});
