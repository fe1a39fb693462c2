import fc from "fast-check";

const LOCAL_NAMES = ["a", "b", "Status", "é-1", "_.x", "xmlns", "\u{10000}"];
const PREFIXES = ["", "p", "q", "xml"];
const NAMESPACES = ["u", "v", "urn:w", "", "http://www.w3.org/XML/1998/namespace"];
const BLANKS = fc.constantFrom(" ", "\n", "\t", "\r\n", "  ");
const MAYBE_BLANKS = fc.constantFrom("", "", " ", "\r", "\n\t");

/** Pieces of character data as they are written, all of them legal. */
const TEXT_PIECES = fc.constantFrom(
  "x",
  "busy",
  "é€😀\u{10ffff}",
  " ",
  "\n",
  "\r\n",
  "\r",
  "\t",
  "&lt;",
  "&amp;",
  "&#65;",
  "&#x1F600;",
  "&#13;",
  "&#10;",
  "]",
  "]]",
  "'",
  '"',
  "\x7f\x85\u2028",
);

const qualifiedName = fc
  .tuple(fc.constantFrom(...PREFIXES), fc.constantFrom(...LOCAL_NAMES))
  .map(([prefix, localName]) => (prefix === "" ? localName : `${prefix}:${localName}`));

const text = fc
  .array(TEXT_PIECES, { minLength: 1, maxLength: 5 })
  .map((pieces) => pieces.join("").replaceAll("]>", "]"));

const attributeValue = fc
  .array(fc.oneof(TEXT_PIECES, fc.constant(">")), { maxLength: 4 })
  .chain((pieces) =>
    fc.constantFrom('"', "'").map((quote) => quote + pieces.join("").replaceAll(quote, "&#x27;") + quote),
  );

const declaration = fc
  .tuple(fc.constantFrom("xmlns", "xmlns:p", "xmlns:q"), fc.constantFrom(...NAMESPACES), fc.boolean())
  .map(([name, namespace, single]) => (single ? `${name}='${namespace}'` : `${name}="${namespace}"`));

const attributes = fc
  .array(
    fc.oneof(
      {
        weight: 3,
        arbitrary: fc.tuple(qualifiedName, MAYBE_BLANKS, attributeValue).map(([n, b, v]) => `${n}${b}=${b}${v}`),
      },
      { weight: 1, arbitrary: declaration },
    ),
    { maxLength: 3 },
  )
  .chain((list) =>
    fc.tuple(fc.constant(list), BLANKS).map(([items, blank]) => items.map((item) => blank + item).join("")),
  );

const other = fc.constantFrom(
  "<!---->",
  "<!-- a - b -->",
  "<![CDATA[<&>]]>",
  "<![CDATA[]]>",
  "<![CDATA[]]]]>",
  "<?pi?>",
  "<?pi  data ?>",
  "<?p é?>",
);

const { element } = fc.letrec<{ element: string; content: string }>((tie) => ({
  element: fc
    .tuple(qualifiedName, attributes, MAYBE_BLANKS, tie("content"))
    .map(([name, attributeList, blank, content]) =>
      content === ""
        ? `<${name}${attributeList}${blank}/>`
        : `<${name}${attributeList}${blank}>${content}</${name}${blank}>`,
    ),
  content: fc
    .array(fc.oneof({ depthSize: "small", withCrossShrink: true }, text, other, tie("element")), { maxLength: 4 })
    .map((parts) => parts.join("")),
}));

const around = fc.constantFrom("", "\n", "<!--c-->", "<?pi x?>\r\n", " <!---->\n<?p?>");
const xmlDeclaration = fc.constantFrom(
  "",
  "",
  "<?xml version='1.0'?>",
  '<?xml version="1.0" encoding="UTF-8"?>\n',
  "<?xml version = '1.0'\tstandalone='yes' ?>",
);

/** The text of a document that is well-formed but for its namespaces: a prefix may lack its declaration, say. */
export const randomDocument: fc.Arbitrary<string> = fc
  .tuple(xmlDeclaration, around, element, around)
  .map(([head, before, root, after]) => head + before + bindPrefixes(root) + after);

/** Wraps the element, so that the prefixes are declared at least once. */
function bindPrefixes(root: string): string {
  return `<root xmlns:p='u' xmlns:q='w'>${root}</root>`;
}

/** Pieces of markup that are likely to break a document. */
const FRAGMENTS: readonly string[] = [
  ..."<>&'\"=/!?-[]:;# \t\r\n\u0001\ufffe\ud800\udc00é1xa",
  "<a>",
  "</a>",
  "<a",
  "/>",
  "<!--",
  "-->",
  "--",
  "<![CDATA[",
  "]]>",
  "<?",
  "?>",
  "<?xml version='1.0'?>",
  "<?xml",
  "&lt;",
  "&#0;",
  "&#x41;",
  "&foo;",
  "&#",
  " a='1'",
  " p:a='1'",
  " xmlns='u'",
  " xmlns:p='u'",
  " xmlns:q='v'",
  " xmlns:p=''",
  " xmlns:xml='u'",
  " xmlns:xmlns='u'",
  " r:b='2'",
  "<p:a/>",
  "<r:b/>",
  "<xmlns:a/>",
  " standalone='no'",
  " encoding='x'",
  "\u00b7",
  "\u0300",
];

type Edit =
  | { readonly kind: "insert"; readonly at: number; readonly fragment: string }
  | { readonly kind: "delete"; readonly at: number; readonly length: number }
  | { readonly kind: "move"; readonly at: number; readonly length: number; readonly to: number };

const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constant("insert" as const), at: place, fragment: fc.constantFrom(...FRAGMENTS) }),
  fc.record({ kind: fc.constant("delete" as const), at: place, length: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant("move" as const), at: place, length: fc.integer({ min: 1, max: 12 }), to: place }),
);

/** A random document after one to three random edits; most of them are not well-formed any more. */
export const damagedDocument: fc.Arbitrary<string> = fc
  .tuple(randomDocument, fc.array(edit, { minLength: 1, maxLength: 3 }))
  .map(([document, edits]) => edits.reduce(applyEdit, document));

function applyEdit(document: string, change: Edit): string {
  const at = Math.floor(change.at * (document.length + 1));
  switch (change.kind) {
    case "insert":
      return document.slice(0, at) + change.fragment + document.slice(at);
    case "delete":
      return document.slice(0, at) + document.slice(at + change.length);
    case "move": {
      const piece = document.slice(at, at + change.length);
      const rest = document.slice(0, at) + document.slice(at + change.length);
      const to = Math.floor(change.to * (rest.length + 1));
      return rest.slice(0, to) + piece + rest.slice(to);
    }
  }
}

const BYTE_ORDER_MARK = "\ufeff";

/** Ways to write a text in bytes; the XML declaration of the text is taken off where it would say something else. */
const ENCODERS: readonly ((text: string) => Buffer)[] = [
  (text) => Buffer.from(text),
  (text) => Buffer.from(BYTE_ORDER_MARK + text),
  (text) => Buffer.from(BYTE_ORDER_MARK + withDeclaration(text, "UTF-16"), "utf16le"),
  (text) => Buffer.from(BYTE_ORDER_MARK + withoutDeclaration(text), "utf16le").swap16(),
  (text) => Buffer.from(withDeclaration(text, "UTF-16LE"), "utf16le"),
  (text) => Buffer.from(withDeclaration(text, "ISO-8859-1").replaceAll(/[^\x00-\xff]/gu, "?"), "latin1"),
  (text) => Buffer.from(withDeclaration(text, "US-ASCII").replaceAll(/[^\x00-\x7f]/gu, "?"), "latin1"),
];

function withoutDeclaration(text: string): string {
  return text.replace(/^<\?xml\s[^?]*\?>/, "");
}

function withDeclaration(text: string, encoding: string): string {
  return `<?xml version="1.0" encoding="${encoding}"?>${withoutDeclaration(text)}`;
}

/** A random document in one of several encodings. */
export const encodedDocument: fc.Arbitrary<Uint8Array> = fc
  .tuple(randomDocument, fc.constantFrom(...ENCODERS))
  .map(([text, encode]) => encode(text));

/** Bytes that are likely to break a document: ends of sequences, overlong forms, surrogates, NUL, byte order marks. */
const BYTES: readonly (readonly number[])[] = [
  [0x00],
  [0x80],
  [0xbf],
  [0xc0, 0xbc],
  [0xc3],
  [0xe2, 0x82],
  [0xed, 0xa0, 0x80],
  [0xef, 0xbf, 0xbe],
  [0xf0, 0x9f],
  [0xf4, 0x90, 0x80, 0x80],
  [0xff],
  [0xfe, 0xff],
  [0xff, 0xfe],
  [0xef, 0xbb, 0xbf],
  [0xd8, 0x00],
  [0x00, 0xdc],
  [0x3c],
  [0x00, 0x3c],
];

/** Encoded documents after one or two edits of their bytes: something put in, something taken out, the rest cut off. */
export const damagedBytes: fc.Arbitrary<Uint8Array> = fc
  .tuple(
    encodedDocument,
    fc.array(fc.tuple(place, fc.constantFrom("insert", "delete", "cut"), fc.constantFrom(...BYTES)), {
      minLength: 1,
      maxLength: 2,
    }),
  )
  .map(([bytes, edits]) =>
    edits.reduce((damaged, [at, kind, piece]) => {
      const offset = Math.floor(at * (damaged.length + 1));
      const before = damaged.subarray(0, offset);
      if (kind === "cut") return before;
      const inserted = new Uint8Array(kind === "insert" ? piece : []);
      return Buffer.concat([before, inserted, damaged.subarray(kind === "delete" ? offset + piece.length : offset)]);
    }, bytes),
  );
