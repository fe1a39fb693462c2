import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf, XqbusError } from "../errors.ts";
import { workflowSource, type WorkflowSource } from "../server/index.ts";
import type { Io } from "./io.ts";
import { inputName, readInput } from "./read-input.ts";

/** A definition that was read, and what the daemon is sent of it. */
export interface ReadWorkflow extends WorkflowSource {
  readonly given: { readonly toml: string; readonly file: string } | { readonly definition: unknown };
}

const MODULES: readonly string[] = [".js", ".mjs", ".cjs", ".ts", ".mts"];

/**
 * Reads the definition of a workflow: a TOML file, or a module whose default export it is.
 *
 * @param name of the file, or `-` for TOML on standard input
 * @throws XqbusError `xqbus:unreadable`, `xqbus:invalid-module`; InvalidConfigError for what is no TOML
 */
export async function readWorkflow(name: string, io: Io): Promise<ReadWorkflow> {
  if (MODULES.includes(extname(name))) return fromModule(name);
  const file = inputName(name);
  const toml = Buffer.from(await readInput(name, io)).toString("utf8");
  return { ...(await workflowSource(toml, file)), given: { toml, file } };
}

async function fromModule(name: string): Promise<ReadWorkflow> {
  const definition = await (async (): Promise<unknown> => {
    try {
      return ((await import(pathToFileURL(resolve(name)).href)) as { readonly default?: unknown }).default;
    } catch (cause) {
      throw new XqbusError("xqbus:invalid-module", `${name} cannot be loaded: ${messageOf(cause)}`, { cause });
    }
  })();
  if (definition === undefined) {
    const message = `${name} has no default export; expected export default defineWorkflow({ … })`;
    throw new XqbusError("xqbus:invalid-module", message);
  }
  return { definition, source: name, text: { text: "", linesOf: () => [] }, given: { definition } };
}
