import { XqbusError } from "../errors.ts";

/** An option of a section, and where it stands. */
export interface ConfigEntry {
  readonly value: string;
  /** 1 is the first. */
  readonly line: number;
}

/** Sections by name, their options by name in lower case. */
export type ConfigSections = ReadonlyMap<string, ReadonlyMap<string, ConfigEntry>>;

/** Nobody writes a longer one. */
const MAX_LENGTH = 1024 * 1024;

interface OpenEntry {
  readonly section: Map<string, ConfigEntry>;
  readonly name: string;
  readonly line: number;
  readonly indent: number;
  readonly lines: string[];
}

/**
 * Reads a file as Python's `configparser.RawConfigParser` does: `[section]`, `name = value` or `name: value`, names without regard to
 * case, values that go on in lines indented deeper, comments (`#`, `;`) in lines of their own only. What is given twice is an error.
 *
 * @param file for messages
 * @throws XqbusError `xqbus:invalid-config` with file and line
 */
export function parseConfig(text: string, file: string): ConfigSections {
  const fail = (line: number, problem: string): XqbusError =>
    new XqbusError("xqbus:invalid-config", `${file}:${line}: ${problem}`);
  if (text.length > MAX_LENGTH) throw fail(1, `the file has more than ${MAX_LENGTH} characters`);
  const sections = new Map<string, Map<string, ConfigEntry>>();
  let section: Map<string, ConfigEntry> | undefined;
  let open: OpenEntry | undefined;
  const close = (): void => {
    if (open === undefined) return;
    const value = open.lines.join("\n").replace(/\n+$/, "");
    open.section.set(open.name, { value, line: open.line });
    open = undefined;
  };
  for (const [index, raw] of text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .entries()) {
    const line = index + 1;
    const content = raw.trim();
    if (/^[#;]/.test(content)) continue;
    if (content === "") {
      open?.lines.push("");
      continue;
    }
    const indent = raw.search(/\S/);
    if (open !== undefined && indent > open.indent) {
      open.lines.push(content);
      continue;
    }
    close();
    const header = /^\[([^\]]+)\]/.exec(content);
    if (header !== null) {
      const name = header[1] ?? "";
      if (sections.has(name)) throw fail(line, `the section [${name}] is there already`);
      sections.set(name, (section = new Map<string, ConfigEntry>()));
      continue;
    }
    if (section === undefined) throw fail(line, "there is no section yet; the first line must be [main]");
    const option = /^([^=:]*?)\s*[=:]\s*(.*)$/.exec(content);
    const name = option?.[1]?.toLowerCase() ?? "";
    if (option === null || name === "")
      throw fail(line, `expected "name = value", found ${JSON.stringify(content.slice(0, 60))}`);
    const before = section.get(name);
    if (before !== undefined) throw fail(line, `"${name}" is given already in line ${before.line}`);
    section.set(name, { value: "", line });
    open = { section, name, line, indent, lines: [option[2] ?? ""] };
  }
  close();
  return sections;
}
