import type { Catalog } from "../catalog.ts";

/**
 * Documents to begin the tests of an event type with, by file name: valid ones with all and with only the necessary fields, and
 * invalid ones with one broken rule each, which a comment names.
 *
 * @throws UnknownNameError, SampleError as `catalog.sample`
 */
export function eventFixtures(
  catalog: Pick<Catalog, "sample" | "nearInvalid">,
  eventName: string,
): ReadonlyMap<string, string> {
  const files = new Map<string, string>([
    ["valid-full.xml", document(catalog.sample(eventName, { optional: 1, maxOccurs: 1 }))],
    ["valid-minimal.xml", document(catalog.sample(eventName, { optional: 0 }))],
  ]);
  for (const { document: text, rule, path, description } of catalog.nearInvalid(eventName)) {
    const file = `invalid-${slug(description)}.xml`;
    if (files.has(file) || ABOUT_ENVELOPE.test(path)) continue;
    files.set(file, document(text, `expect: path=${path} code=${rule}`, description));
    if (files.size >= MAX_FIXTURES) break;
  }
  return files;
}

/** Every event type shares the envelope: what is wrong with that need not be tested again with each. */
const ABOUT_ENVELOPE = /^\/Event(?:\/@|$)/;

/** Files to begin with; a person shall look at each of them. */
const MAX_FIXTURES = 14;

/** Characters of the part of a file name that is made of a description. */
const MAX_SLUG = 60;

function document(text: string, ...comments: readonly string[]): string {
  // Two hyphens cannot stand in a comment.
  const lines = comments.map((comment) => `<!-- ${comment.replaceAll(/-(?=-)/g, "- ")} -->\n`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${lines.join("")}${text}\n`;
}

function slug(description: string): string {
  const words = description
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-");
  return words.replace(/^-/, "").slice(0, MAX_SLUG).replace(/-$/, "");
}
