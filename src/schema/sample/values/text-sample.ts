import type { Random } from "../random.ts";

/** Words of about a number of characters, with characters that are easily written wrongly: markup, accents, beyond 16 bits. */
export function sampleWords(length: number, random: Random): string {
  let text = "";
  let missing = length;
  while (missing > 0) {
    const word = text === "" || missing > 1 ? random.pick(WORDS) : "x";
    const piece = [...(text === "" ? word : ` ${word}`)].slice(0, missing);
    // A space at the end would be lost where white space is collapsed.
    if (piece.at(-1) === " ") piece[piece.length - 1] = "x";
    text += piece.join("");
    missing -= piece.length;
  }
  return text;
}

/** A name without colon of a number of characters, at least one (Namespaces in XML 1.0, production [4]). */
export function sampleName(length: number, random: Random): string {
  let name = random.pick(NAME_BEGINNINGS);
  while (name.length < length) name += random.pick(NAME_CHARACTERS);
  return name;
}

/** A language tag (RFC 3066). */
export function sampleLanguage(random: Random): string {
  return random.pick(["en", "de", "de-AT", "en-GB", "fr-CA", "pt-BR", "x-klingon", "zh-Hans-CN"] as const);
}

/** A URI reference of about a number of characters; may be empty. */
export function sampleUri(length: number, random: Random): string {
  const start = random.pick(["https://example.org/", "urn:example:", "mailto:", "../", "/", ""] as const);
  const fitting = start.length < length ? start : "";
  return fitting + (length > fitting.length ? sampleName(length - fitting.length, random) : "");
}

/** Random bytes. */
export function sampleBytes(count: number, random: Random): Buffer {
  return Buffer.from(Array.from({ length: count }, () => random.below(256)));
}

const WORDS = [
  "alpha", "busy", "client", "door", "east", "fax", "güte", "host-7", "in", "junction", "R&D", "<b>", "\"quoted\"", "it's",
  "ready", "日本", "😀", "web-3.example.net", "0", "42", "no", "Ünïcödé", "a", "]]>", "100%", "tree/branch",
] as const; // prettier-ignore

const NAME_BEGINNINGS = ["a", "b", "k", "n", "x", "A", "Z", "_", "é"] as const;
const NAME_CHARACTERS = ["a", "e", "i", "o", "r", "t", "0", "1", "9", "-", ".", "_", "B", "é"] as const;
