import type { DeadLetterChange, DeadLetterQuery } from "../../../server/index.ts";
import { callsApi, type ApiCall } from "../../api/api-command.ts";
import { counted } from "../../../counted.ts";
import { EXIT } from "../../exit-code.ts";
import { oneLine, visibleText } from "../../visible-text.ts";
import type { AddDlqCommand } from "../dlq.ts";
import { addSelectionOptions, saidSelection, type SelectionOptions } from "./selection.ts";

interface ChangeOptions extends SelectionOptions {
  readonly dryRun?: true;
}

/** What is different between the two commands that change dead letters. */
export interface ChangeCommand {
  readonly verb: "redrive" | "delete";
  readonly description: string;
  readonly done: string;
  readonly change: (call: ApiCall<object>, query: DeadLetterQuery, dryRun: boolean) => Promise<DeadLetterChange>;
}

/** A command that redrives or deletes the dead letters that ids and options say. */
export function changeCommand({ verb, description, done, change }: ChangeCommand): AddDlqCommand {
  return (dlq, session) => {
    const command = addSelectionOptions(
      dlq.command(verb).description(description).argument("[ids...]", "ids of dead letters"),
    )
      .option("--all", "all of them")
      .option("--dry-run", "tell how many there are; nothing is changed")
      .addHelpText(
        "after",
        `
Examples:
  xqbus dlq ${verb} queue-1763753400123000 listener-5081a42ce19a00ea43000010
  xqbus dlq ${verb} --subscription invoices --reason rejected --dry-run
  xqbus dlq ${verb} --all

What is given must hold. The exit code is 1 when something was refused.`,
      );
    callsApi<ChangeOptions>(command, session, async (call) => {
      const { options, output } = call;
      const { dryRun = false } = options;
      const query = saidSelection(command, command.args, options);
      const result = await change(call, query, dryRun);
      if (result.refused.length > 0) session.exitCode = EXIT.failure;
      if (output.json) return output.value({ dryRun, ...result });
      for (const { id, message } of result.refused) output.warning(visibleText(oneLine(`${id}: ${message}`)), {});
      const { matched, changed } = result;
      const letters = counted(matched, "dead letter");
      output.line(dryRun ? `would ${verb} ${changed} of ${letters}` : `${done} ${changed} of ${letters}`);
    });
  };
}
