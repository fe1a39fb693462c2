/** A text as it is read, and where each of its UTF-16 code units begins in what was written; one more place for the end. */
interface Reading {
  readonly text: string;
  readonly from: readonly number[];
}

/** JSON in JSON in HTML: how often a text may have been escaped. */
const MAX_LEVELS = 3;
/** The beginning of a text is known by so many UTF-16 code units, where it is cut off at the end. */
const LEAST_BEGINNING = 8;
const BLANKS = /[\s\p{Cc}]+/gu;
const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** A way to write characters, and what they are. */
type Escapes = readonly [pattern: RegExp, meaning: (match: RegExpExecArray) => string];

/** Of JSON (RFC 8259, section 7), and of XML: character references and predefined entities. */
const ESCAPES: readonly Escapes[] = [
  [
    /\\u([\da-f]{4})|\\(["\\/bfnrt])/giu,
    ([, unit, letter = ""]) =>
      unit === undefined ? letter.replace(/[bfnrt]/u, " ") : String.fromCharCode(Number.parseInt(unit, 16)),
  ],
  [
    /&#x([\da-f]{1,6});|&#(\d{1,7});|&(lt|gt|amp|quot|apos);/gu,
    ([, hex, decimal, entity]) =>
      entity === undefined
        ? characterOf(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16))
        : (ENTITIES[entity] ?? ""),
  ],
];

/**
 * A text without some others, which it may have with other white space, or escaped as in JSON or XML; and without the beginning of one
 * that it is cut off in.
 *
 * @param mask stands in their place
 */
export function withoutTexts(text: string, others: ReadonlySet<string>, mask: string): string {
  const hidden = new Set([...others].map((other) => other.trim().replaceAll(BLANKS, " ")));
  hidden.delete("");
  if (hidden.size === 0) return text;
  const isHidden = new Uint8Array(text.length);
  const written: Reading = { text, from: [...Array(text.length + 1).keys()] };
  let readings = [written];
  for (let level = 0; readings.length > 0; level++) {
    for (const reading of readings) {
      const blank = withBlanks(reading);
      for (const other of hidden) hide(other, blank, isHidden);
    }
    if (level === MAX_LEVELS) break;
    readings = readings.flatMap((reading) =>
      ESCAPES.map((escapes) => replaced(reading, ...escapes)).filter((next) => next.text !== reading.text),
    );
  }
  return masked(text, isHidden, mask);
}

function hide(other: string, { text, from }: Reading, isHidden: Uint8Array): void {
  const end = text.endsWith("…") ? text.length - 1 : text.length;
  const beginning = other.slice(0, LEAST_BEGINNING);
  for (let at = text.indexOf(beginning); at >= 0; at = text.indexOf(beginning, at + 1)) {
    const to = Math.min(at + other.length, end);
    if (text.slice(at, to) === other.slice(0, to - at)) isHidden.fill(1, from[at], from[to]);
  }
}

function withBlanks(reading: Reading): Reading {
  return replaced(reading, BLANKS, () => " ");
}

function replaced({ text, from }: Reading, ...[pattern, meaning]: Escapes): Reading {
  let read = "";
  let copied = 0;
  const places: number[] = [];
  for (const match of text.matchAll(pattern)) {
    const piece = meaning(match);
    read += text.slice(copied, match.index) + piece;
    for (; copied < match.index; copied++) places.push(from[copied] ?? 0);
    for (let unit = 0; unit < piece.length; unit++) places.push(from[copied] ?? 0);
    copied += match[0].length;
  }
  return { text: read + text.slice(copied), from: [...places, ...from.slice(copied)] };
}

function characterOf(code: number): string {
  return code > 0x10_ffff ? "\ufffd" : String.fromCodePoint(code);
}

function masked(text: string, isHidden: Uint8Array, mask: string): string {
  let shown = "";
  for (let at = 0; at < text.length; at++) {
    if (isHidden[at] !== 1) shown += text.charAt(at);
    else if (isHidden[at - 1] !== 1) shown += mask;
  }
  return shown;
}
