import { isIPv4, isIPv6 } from "node:net";
import { resolve } from "node:path";
import { parseBusUrls, withoutPasswords } from "../../amqp/index.ts";
import { parseDatabaseUrl, withoutDatabasePassword } from "../../database/index.ts";
import { parseDuration, rate } from "../../subscription/index.ts";
import type { ConfigValue, SettingKind } from "./setting.ts";

/** UTF-16 code units of one text, and texts of one list. */
const MAX_LENGTH = 4096;
const MAX_TEXTS = 1000;

/** One line of text. */
export const TEXT: SettingKind<string> = {
  expected: "a text of one line that is not empty",
  read: (value) => (isText(value) ? value : undefined),
  fromText: (text) => text,
};

/** A file or folder; absolute when it is read. */
export const PATH: SettingKind<string> = {
  expected: "a path; a relative one starts at the folder of the configuration file",
  read: (value, folder) => (isText(value) ? resolve(folder, value) : undefined),
  fromText: (text) => text,
};

/** Files or folders. */
export const PATHS: SettingKind<readonly string[]> = {
  expected: 'a list of paths: ["./events"]',
  read: (value, folder) => listOf(value, isText)?.map((path) => resolve(folder, path)),
  fromText: commaSeparated,
};

/** Names of things that stand elsewhere in the configuration. */
export const NAMES: SettingKind<readonly string[]> = {
  expected: 'a list of names: ["crm"]',
  read: (value) => listOf(value, isText),
  fromText: commaSeparated,
};

/** Programs, so that no search path decides which one runs. */
export const ABSOLUTE_PATHS: SettingKind<readonly string[]> = {
  expected: 'a list of absolute paths: ["/usr/local/bin/notify"]',
  read: (value) => listOf(value, (path) => isText(path) && path.startsWith("/")),
  fromText: commaSeparated,
};

/** Networks in CIDR form (RFC 4632, RFC 4291 section 2.3). */
export const NETWORKS: SettingKind<readonly string[]> = {
  expected: 'a list of networks: ["10.1.0.0/16", "127.0.0.1/32"]',
  read: (value) => listOf(value, isNetwork),
  fromText: commaSeparated,
};

export const BOOLEAN: SettingKind<boolean> = {
  expected: "true or false",
  read: (value) => (typeof value === "boolean" ? value : undefined),
  fromText: (text) => (text === "true" ? true : text === "false" ? false : text),
};

/** 0 takes a free port. */
export const PORT: SettingKind<number> = wholeNumber(0, 65_535, "a port from 0 to 65535");

/** Ms, out of a number with a unit. */
export const DURATION: SettingKind<number> = {
  expected: 'a duration such as "500ms", "1.5s", "5m", "2h" or "30d"',
  read: (value) => attempt(() => (typeof value === "string" ? parseDuration(value, "") : undefined)),
  fromText: (text) => text,
};

const UNITS: Readonly<Record<string, number>> = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };

/** Bytes, as a number or with a unit. */
export const BYTES: SettingKind<number> = {
  expected: 'a size such as "64KiB", "10MiB" or "1GiB", or a number of bytes',
  read: (value) => {
    if (typeof value === "number") return Number.isSafeInteger(value) && value > 0 ? value : undefined;
    const [, number = "", unit = ""] = (typeof value === "string" && /^(\d{1,15})(B|[KMGT]iB)$/.exec(value)) || [];
    const bytes = Number(number) * (UNITS[unit] ?? NaN);
    return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined;
  },
  fromText: (text) => (/^\d+$/.test(text) ? Number(text) : text),
};

/** The same between bounds. */
export function bytesBetween(least: number, most: number, bounds: string): SettingKind<number> {
  return {
    expected: `${BYTES.expected}, ${bounds}`,
    read: (value, folder) => {
      const bytes = BYTES.read(value, folder);
      return bytes !== undefined && bytes >= least && bytes <= most ? bytes : undefined;
    },
    fromText: (text) => BYTES.fromText(text),
  };
}

/** A rate, kept as text. */
export const RATE: SettingKind<string> = {
  expected: 'a rate such as "10/s", "600/min" or "600/min burst 20"',
  read: (value) => attempt(() => (typeof value === "string" && rate(value) ? value : undefined)),
  fromText: (text) => text,
};

/** URLs of one bus, kept as text; passwords in it are not shown. */
export const BUS_URL: SettingKind<string> = {
  expected: "a bus URL: amqp[s]://user:password@host:port/domain",
  read: (value) => attempt(() => (typeof value === "string" && parseBusUrls(value).length > 0 ? value : undefined)),
  fromText: (text) => text,
  show: (value: ConfigValue) => (typeof value === "string" ? withoutPasswords(value) : value),
};

/** A database by its URL; passwords in it are not shown. */
export const DATABASE_URL: SettingKind<string> = {
  expected: 'the URL of a database: "sqlite:data.db" or "postgres://user:password@host/name"',
  read: (value) => attempt(() => (typeof value === "string" && parseDatabaseUrl(value) ? value : undefined)),
  fromText: (text) => text,
  show: (value: ConfigValue) => (typeof value === "string" ? withoutDatabasePassword(value) : value),
};

/** Event types with a time each. */
export const TYPE_DURATIONS: SettingKind<readonly string[]> = {
  expected: 'a list of types with durations: ["NodeStatus 7d", "PhoneStatus 400d"]',
  read: (value) => listOf(value, (text) => attempt(() => typeDuration(text)) !== undefined),
  fromText: commaSeparated,
};

/** The type and the ms of one of {@link TYPE_DURATIONS}. */
export function typeDuration(text: string): readonly [type: string, ms: number] {
  const [, type = "", duration = ""] = /^(\S+)\s+(\S+)$/.exec(text) ?? [];
  return [type, parseDuration(duration, "")];
}

/** An e-mail address, with or without a name before it. */
export const MAIL_ADDRESS: SettingKind<string> = {
  expected: 'an address: "xqbus@example.org" or "The bus <xqbus@example.org>"',
  read: (value) =>
    isText(value) && /^(?:[^<>@]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/.test(value) ? value : undefined,
  fromText: (text) => text,
};

export function wholeNumber(
  least: number,
  most: number,
  expected = `a whole number from ${least} to ${most}`,
): SettingKind<number> {
  return {
    expected,
    read: (value) =>
      Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most ? Number(value) : undefined,
    fromText: (text) => (/^\d+$/.test(text) ? Number(text) : text),
  };
}

/** One of some words. */
export function choice<T extends string>(...words: readonly T[]): SettingKind<T> {
  return {
    expected: words.map((word) => JSON.stringify(word)).join(words.length === 2 ? " or " : ", "),
    read: (value) => words.find((word) => word === value),
    fromText: (text) => text,
  };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "" && value.length <= MAX_LENGTH && !/\p{Cc}/u.test(value);
}

function isNetwork(value: string): boolean {
  const [, address = "", bits = ""] = /^([^/]+)\/(\d{1,3})$/.exec(value) ?? [];
  return (isIPv4(address) && Number(bits) <= 32) || (isIPv6(address) && Number(bits) <= 128);
}

function listOf(value: unknown, fits: (text: string) => boolean): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length > MAX_TEXTS) return undefined;
  return value.every((each): each is string => typeof each === "string" && isText(each) && fits(each))
    ? value
    : undefined;
}

function commaSeparated(text: string): readonly string[] {
  return text === "" ? [] : text.split(",").map((part) => part.trim());
}

/** Functions of other folders say by an error that a text cannot be read. */
function attempt<T>(read: () => T | undefined): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
