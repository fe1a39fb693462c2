import type { Command } from "commander";
import type { AddCommand, Session } from "../command.ts";
import { addSchemaDiff } from "./schema/diff.ts";
import { addSchemaDocs } from "./schema/docs.ts";
import { addSchemaTypes } from "./schema/types.ts";

/** Adds one command to the noun `schema`; one file in `commands/schema/` each. */
export type AddSchemaCommand = (schema: Command, session: Session) => void;

/** All commands of the noun in the order of the help. */
const SCHEMA_COMMANDS: readonly AddSchemaCommand[] = [addSchemaTypes, addSchemaDiff, addSchemaDocs];

export const addSchema: AddCommand = (program, session) => {
  const schema = program
    .command("schema")
    .description("what can be made of the XSD files of a catalog")
    .helpCommand(false)
    .addHelpText(
      "after",
      "\nExamples:\n  xqbus schema types --out events.d.ts\n  xqbus schema diff ./released ./schemas\n  xqbus schema docs --out docs/events",
    );
  for (const add of SCHEMA_COMMANDS) add(schema, session);
};
