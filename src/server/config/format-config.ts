import type { ConfigEntry } from "./config-entry.ts";

/** Where the remark of a short line begins. */
const REMARK_AT = 44;

/** The configuration in effect as TOML, each setting with a remark that says where it comes from. */
export function formatConfig(entries: readonly ConfigEntry[]): string {
  const lines: string[] = [];
  let last: string | undefined;
  for (const { section, key, value, source, place } of entries) {
    if (section !== last) lines.push(...(last === undefined ? [] : [""]), `[${section}]`);
    last = section;
    const statement = value === undefined ? `# ${key} =` : `${key} = ${JSON.stringify(value)}`;
    const remark = value === undefined ? "not set" : (place ?? source);
    lines.push(`${statement.padEnd(REMARK_AT)} # ${remark}`);
  }
  return `${lines.join("\n")}\n`;
}
