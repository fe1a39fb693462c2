import { isName, isNCName } from "../../xml/index.ts";
import { isAnyUri } from "./any-uri.ts";
import { base64Bytes, isHexBinary } from "./binary.ts";
import { compareMoments, parseMoment, type CalendarForm } from "./calendar.ts";
import { canonicalDecimal, decimalComparison, isDecimal, isInteger } from "./decimal.ts";
import { compareDurations, parseDuration } from "./duration.ts";
import { compareFloats, doubleValue, floatValue, isFloat } from "./float.ts";
import { expandQName, isLanguage, isNmtoken, isQName } from "./names.ts";
import type { ValueSpace } from "./value-space.ts";
import type { WhiteSpace } from "./white-space.ts";

/** The space of a built-in atomic type by its local name; undefined for the three list types and unknown names. */
export function builtInSpace(localName: string): ValueSpace | undefined {
  return SPACES.get(localName);
}

/** The item type of a built-in list type. */
export function builtInItem(localName: string): string | undefined {
  return LISTS[localName];
}

const LISTS: Readonly<Record<string, string>> = { NMTOKENS: "NMTOKEN", IDREFS: "IDREF", ENTITIES: "ENTITY" };

function stringSpace(whiteSpace: WhiteSpace, isValid: (text: string) => boolean): ValueSpace {
  return { whiteSpace, isValid, key: (text) => `string ${text}`, length: countCodePoints, unit: "characters" };
}

function decimalSpace(isValid: (text: string) => boolean): ValueSpace {
  return {
    whiteSpace: "collapse",
    isValid,
    key: (text) => `decimal ${canonicalDecimal(text)}`,
    compareTo: decimalComparison,
  };
}

function integerSpace(least: string | undefined, greatest: string | undefined): ValueSpace {
  const fromLeast = least === undefined ? undefined : decimalComparison(least);
  const fromGreatest = greatest === undefined ? undefined : decimalComparison(greatest);
  return decimalSpace(
    (text) =>
      isInteger(text) &&
      (fromLeast === undefined || fromLeast(text) >= 0) &&
      (fromGreatest === undefined || fromGreatest(text) <= 0),
  );
}

function floatSpace(name: string, valueOf: (text: string) => number): ValueSpace {
  return {
    whiteSpace: "collapse",
    isValid: isFloat,
    key: (text) => `${name} ${valueOf(text)}`,
    compareTo: (limit) => {
      const limitValue = valueOf(limit);
      return (text) => compareFloats(valueOf(text), limitValue);
    },
  };
}

function calendarSpace(name: string, fields: string): ValueSpace {
  const [year, month, day, time] = ["Y", "M", "D", "T"].map((letter) => fields.includes(letter));
  const form: CalendarForm = { year: year!, month: month!, day: day!, time: time! };
  return {
    whiteSpace: "collapse",
    isValid: (text) => parseMoment(text, form) !== undefined,
    key: (text) => {
      const { seconds, fraction, hasZone } = parseMoment(text, form)!;
      return `${name} ${seconds}.${fraction}${hasZone ? "Z" : ""}`;
    },
    compareTo: (limit) => {
      const limitMoment = parseMoment(limit, form);
      return (text) => (limitMoment === undefined ? undefined : compareMoments(parseMoment(text, form)!, limitMoment));
    },
  };
}

const DURATION: ValueSpace = {
  whiteSpace: "collapse",
  isValid: (text) => parseDuration(text) !== undefined,
  key: (text) => {
    const { months, seconds } = parseDuration(text)!;
    return `duration ${months} ${seconds}`;
  },
  compareTo: (limit) => {
    const limitDuration = parseDuration(limit);
    return (text) => (limitDuration === undefined ? undefined : compareDurations(parseDuration(text)!, limitDuration));
  },
};

const BOOLEAN: ValueSpace = {
  whiteSpace: "collapse",
  isValid: (text) => text === "true" || text === "false" || text === "1" || text === "0",
  key: (text) => `boolean ${text === "true" || text === "1"}`,
};

const HEX_BINARY: ValueSpace = {
  whiteSpace: "collapse",
  isValid: isHexBinary,
  key: (text) => `hexBinary ${text.toUpperCase()}`,
  length: (text) => text.length / 2,
  unit: "bytes",
};

const BASE64_BINARY: ValueSpace = {
  whiteSpace: "collapse",
  isValid: (text) => base64Bytes(text) !== undefined,
  key: (text) => `base64Binary ${text.replaceAll(" ", "")}`,
  length: (text) => base64Bytes(text) ?? 0,
  unit: "bytes",
};

const ANY_URI: ValueSpace = { ...stringSpace("collapse", isAnyUri), key: (text) => `anyURI ${text}` };

/** Without length: the facets of length say nothing about QName and NOTATION (second edition, section 4.3.1). */
function qnameSpace(name: string): ValueSpace {
  return { whiteSpace: "collapse", isValid: isQName, key: (text, scope) => `${name} ${expandQName(text, scope)}` };
}

const NEVER = (): boolean => false;
const ALWAYS = (): boolean => true;

const SPACES: ReadonlyMap<string, ValueSpace> = new Map<string, ValueSpace>([
  ["anySimpleType", stringSpace("preserve", ALWAYS)],
  ["string", stringSpace("preserve", ALWAYS)],
  ["normalizedString", stringSpace("replace", ALWAYS)],
  ["token", stringSpace("collapse", ALWAYS)],
  ["language", stringSpace("collapse", isLanguage)],
  ["NMTOKEN", stringSpace("collapse", isNmtoken)],
  ["Name", stringSpace("collapse", isName)],
  ["NCName", stringSpace("collapse", isNCName)],
  ["ID", stringSpace("collapse", isNCName)],
  ["IDREF", stringSpace("collapse", isNCName)],
  // An entity must be declared in a DTD, and documents have none.
  ["ENTITY", stringSpace("collapse", NEVER)],
  ["boolean", BOOLEAN],
  ["decimal", decimalSpace(isDecimal)],
  ["integer", decimalSpace(isInteger)],
  ["nonPositiveInteger", integerSpace(undefined, "0")],
  ["negativeInteger", integerSpace(undefined, "-1")],
  ["nonNegativeInteger", integerSpace("0", undefined)],
  ["positiveInteger", integerSpace("1", undefined)],
  ["long", integerSpace("-9223372036854775808", "9223372036854775807")],
  ["int", integerSpace("-2147483648", "2147483647")],
  ["short", integerSpace("-32768", "32767")],
  ["byte", integerSpace("-128", "127")],
  ["unsignedLong", integerSpace("0", "18446744073709551615")],
  ["unsignedInt", integerSpace("0", "4294967295")],
  ["unsignedShort", integerSpace("0", "65535")],
  ["unsignedByte", integerSpace("0", "255")],
  ["float", floatSpace("float", floatValue)],
  ["double", floatSpace("double", doubleValue)],
  ["duration", DURATION],
  ["dateTime", calendarSpace("dateTime", "YMDT")],
  ["date", calendarSpace("date", "YMD")],
  ["time", calendarSpace("time", "T")],
  ["gYearMonth", calendarSpace("gYearMonth", "YM")],
  ["gYear", calendarSpace("gYear", "Y")],
  ["gMonthDay", calendarSpace("gMonthDay", "MD")],
  ["gDay", calendarSpace("gDay", "D")],
  ["gMonth", calendarSpace("gMonth", "M")],
  ["hexBinary", HEX_BINARY],
  ["base64Binary", BASE64_BINARY],
  ["anyURI", ANY_URI],
  ["QName", qnameSpace("QName")],
  ["NOTATION", qnameSpace("NOTATION")],
]);

function countCodePoints(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0xd800 && code <= 0xdbff) count--;
  }
  return count;
}
