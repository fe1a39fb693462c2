import { assertRules } from "../broker/index.ts";
import type { AccessRule } from "../broker/index.ts";
import { XqbusError } from "../errors.ts";
import { readJsonFile } from "./json-file.ts";

/**
 * The access rules of a file `{ "rules": [ { "effect": "allow", "user": "ada", "action": "publish", "address": "org.#" } ] }`.
 *
 * @throws XqbusError `xqbus:unreadable` that names the rule by its number, from 1
 */
export async function readRulesFile(file: string): Promise<readonly AccessRule[]> {
  const content = await readJsonFile(file);
  const rules = typeof content === "object" && content !== null && "rules" in content ? content.rules : undefined;
  try {
    assertRules(rules as readonly AccessRule[]);
    return rules as readonly AccessRule[];
  } catch (error) {
    if (!(error instanceof XqbusError)) throw error;
    throw new XqbusError("xqbus:unreadable", `${file} has no rules that can be used: ${error.message}`, {
      cause: error,
    });
  }
}
