import { isName } from "../../xml/index.ts";
import { charactersOf, complement, difference, EVERY_CHARACTER, union, type CharacterSet } from "./character-set.ts";
import { UNICODE_BLOCKS } from "./unicode-blocks.ts";

/** The general categories of Unicode that `\p{…}` may name (XML Schema 1.0 part 2, appendix F.1.1). */
const CATEGORIES: ReadonlySet<string> = new Set(
  ("L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po " + "Z Zs Zl Zp S Sm Sc Sk So C Cc Cf Co Cn").split(
    " ",
  ),
);

/**
 * The characters that `\p{NAME}` stands for: those of a general category, as the Unicode version of the JavaScript engine has
 * them, or of a block (`Is…`), as XML Schema 1.0 lists them.
 *
 * @returns undefined when there is no such category or block
 */
export function characterProperty(name: string): CharacterSet | undefined {
  if (name.startsWith("Is")) return UNICODE_BLOCKS.get(name.slice(2));
  return CATEGORIES.has(name) ? computed(`\\p{${name}}`, () => category(name)) : undefined;
}

/** The characters of a multi-character escape, `.` included (appendix F.1.1); undefined when there is none of this letter. */
export function multiCharacterEscape(letter: string): CharacterSet | undefined {
  switch (letter) {
    case ".":
      return ANY_BUT_LINE_ENDS;
    case "s":
      return WHITE_SPACE;
    case "d":
      return characterProperty("Nd");
    case "i":
      return computed("i", () => nameCharacters(""));
    case "c":
      return computed("c", () => nameCharacters("a"));
    case "w":
      return computed("w", () => complement(union(["P", "Z", "C"].map((each) => characterProperty(each)!))));
    case "S":
    case "D":
    case "I":
    case "C":
    case "W": {
      const set = multiCharacterEscape(letter.toLowerCase());
      return set === undefined ? undefined : computed(letter, () => complement(set));
    }
    default:
      return undefined;
  }
}

const WHITE_SPACE = charactersOf(" \t\n\r");
const ANY_BUT_LINE_ENDS = difference(EVERY_CHARACTER, charactersOf("\n\r"));

/** Sets that need a walk over all characters are made when they are first asked for. */
const cache = new Map<string, CharacterSet>();

function computed(key: string, compute: () => CharacterSet): CharacterSet {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const set = compute();
  cache.set(key, set);
  return set;
}

/** Planes 4 to 13 have no characters: they are unassigned altogether. */
const EMPTY_PLANES: CharacterSet = [0x40000, 0xdffff];

function category(name: string): CharacterSet {
  const isMember = new RegExp(`^\\p{${name}}$`, "u");
  const set = collect([0, EMPTY_PLANES[0]! - 1, EMPTY_PLANES[1]! + 1, 0x10ffff], (character) =>
    isMember.test(character),
  );
  return name === "C" || name === "Cn" ? union([set, EMPTY_PLANES]) : set;
}

/** The characters that may follow the prefix in a Name of XML 1.0. */
function nameCharacters(prefix: string): CharacterSet {
  return collect([0, 0xd7ff, 0xe000, 0xeffff], (character) => isName(prefix + character));
}

function collect(within: CharacterSet, isMember: (character: string) => boolean): CharacterSet {
  const ranges: number[] = [];
  for (let i = 0; i < within.length; i += 2) {
    for (let codePoint = within[i]!; codePoint <= within[i + 1]!; codePoint++) {
      if (!isMember(String.fromCodePoint(codePoint))) continue;
      if (ranges.at(-1) === codePoint - 1) ranges[ranges.length - 1] = codePoint;
      else ranges.push(codePoint, codePoint);
    }
  }
  return ranges;
}
