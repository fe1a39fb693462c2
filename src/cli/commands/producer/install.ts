import { installProducer, type ProducerChange } from "../../../producer/index.ts";
import { Output } from "../../io.ts";
import { jsonOption } from "../../options.ts";
import { visibleText } from "../../visible-text.ts";
import { databaseOption, withDatabase } from "../../with-database.ts";
import type { AddProducerCommand } from "../producer.ts";

interface InstallOptions {
  readonly database: string;
  readonly table?: string;
  readonly prefix?: string;
  readonly domain?: string;
  readonly model?: string;
  readonly guidColumn?: readonly string[];
  readonly mask?: readonly string[];
  readonly dryRun?: true;
  readonly json?: true;
}

/** Adds `producer install`: changes of a table become events from now on. */
export const addProducerInstall: AddProducerCommand = (producer, session) => {
  producer
    .command("install")
    .description("add an outbox and triggers to a database, so that changes of a table become events")
    .addOption(databaseOption())
    .option("--table <name>", "table, with its schema where it needs one; without it the outbox alone")
    .option("--prefix <words>", "begins the routing keys (default: pylabs.event.sampleapp)")
    .option("--domain <words>", "what the objects belong to (default: the name of the database)")
    .option("--model <words>", "kind of the objects (default: the name of the table)")
    .option("--guid-column <columns>", "columns that tell one row from the other (default: the primary key)", names)
    .option("--mask <columns>", "columns whose values never leave the table, with commas between", names)
    .option("--dry-run", "print the SQL, and change nothing")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  xqbus producer install --database sqlite:crm.db --table customers --mask iban,phone
  xqbus producer install --database postgres://crm@localhost/crm --table sales.orders --domain crm --model order
  xqbus producer install --database sqlite:crm.db --table customers --dry-run

Again, it takes the place of what was there: after columns were added, or to mask others.`,
    )
    .action(async ({ database: url, dryRun, json, ...options }: InstallOptions) => {
      const output = new Output(session.io, json === true);
      const { table, guidColumn, ...rest } = options;
      const wanted =
        table === undefined
          ? undefined
          : { ...rest, table, ...(guidColumn === undefined ? {} : { guidColumns: guidColumn }) };
      const change = await withDatabase(url, (database) => installProducer(database, wanted, dryRun === true));
      report(change, dryRun === true, output);
    });
};

function report({ producer, statements }: ProducerChange, dryRun: boolean, output: Output): void {
  if (output.json) {
    output.value({ dryRun, producer: producer ?? null, ...(dryRun ? { sql: statements } : {}) });
    return;
  }
  for (const statement of dryRun ? statements : []) output.line(visibleText(`${statement};`));
  if (dryRun) return;
  if (producer === undefined) return output.line("installed the outbox");
  const { table, prefix, domain, model } = producer;
  output.line(
    visibleText(`installed a producer for ${table}: ${prefix}.osis.<store|update|delete>.${domain}.${model}`),
  );
}

function names(text: string): readonly string[] {
  return text.split(",").map((name) => name.trim());
}
