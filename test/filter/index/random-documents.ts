import fc from "fast-check";

/** Names of elements in documents and filters: few, so that filters have something to find. */
export const NAMES: readonly string[] = ["A", "B", "C"];

/** Values of elements and attributes: texts, numbers, dates, and what looks like one and is none. */
export const TEXTS: readonly string[] = [
  ...["x", "y", "xy", "xyx", "", "abc"],
  ...["5", "7", " 6 ", "10", "6.5", "5e0", "NaN", "-INF", "0x10", "9007199254740993"],
  ...["2026-01-02", "2026-01-02Z", "2026-03-04T05:06:07Z", "2026-03-04T06:06:07.0000001+01:00", "05:06:07"],
];

const name = fc.constantFrom(...NAMES);
const text = fc.constantFrom(...TEXTS);

/** XML of one element, with attributes, texts, comments and elements inside. */
const element: fc.Arbitrary<string> = fc.letrec<{ element: string; content: string }>((tie) => ({
  element: fc
    .tuple(name, fc.option(text, { nil: undefined }), fc.constantFrom("f:", "f:", ""), tie("content"))
    .map(([tag, value, prefix, content]) => {
      const attribute = value === undefined ? "" : ` id="${value}"`;
      return `<${prefix}${tag}${attribute}>${content}</${prefix}${tag}>`;
    }),
  content: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    text,
    fc.array(tie("element"), { maxLength: 4 }).map((items) => items.join("")),
    fc.tuple(text, fc.constantFrom("", "<!--x-->", "<?p x?>"), tie("element"), text).map((parts) => parts.join("")),
  ),
})).element;

/** Events; and documents that are none: another root, no namespace, events in one another. */
export const documents: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(element, { minLength: 1, maxLength: 4 }),
    fc.oneof(
      { weight: 12, arbitrary: fc.constant(["<f:Event xmlns:f='urn:f'>", "</f:Event>"] as const) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          ["<f:Event xmlns:f='urn:f'><f:Event>", "</f:Event></f:Event>"] as const,
          ["<f:A xmlns:f='urn:f'>", "</f:A>"] as const,
          ["<Event xmlns:f='urn:f'>", "</Event>"] as const,
          ["<f:Event xmlns:f='urn:g'>", "</f:Event>"] as const,
        ),
      },
    ),
  )
  .map(([events, [open, close]]) => `${open}${events.join("")}${close}`);
