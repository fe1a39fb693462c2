import type { DefinitionText } from "../action/index.ts";
import { readToml } from "./config/read-toml.ts";

/** The definition of a workflow as it was read from TOML; not checked. */
export interface WorkflowSource {
  readonly definition: unknown;
  readonly source: string;
  /** For places in messages. */
  readonly text: DefinitionText;
}

/**
 * Reads the definition of a workflow.
 *
 * @param source the name of the file, for messages
 * @throws XqbusError `xqbus:limit-exceeded`, `xqbus:missing-package`; InvalidConfigError with line and column for what is no TOML
 */
export async function workflowSource(text: string, source: string): Promise<WorkflowSource> {
  const { table, linesOf } = await readToml(text, source);
  return { definition: table, source, text: { text, linesOf } };
}
