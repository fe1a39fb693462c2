import type { Command } from "commander";
import { Option } from "commander";
import { checkAccess } from "../../../broker/index.ts";
import type { AccessAction, AccessQuestion } from "../../../broker/index.ts";
import { readRulesFile, rulesFileOf } from "../../../daemon/index.ts";
import { aclOption, dataOption, named } from "../../access-files.ts";
import type { AccessFileOptions } from "../../access-files.ts";
import type { Session } from "../../command.ts";
import { EXIT } from "../../exit-code.ts";
import { Output } from "../../io.ts";
import { jsonOption } from "../../options.ts";

interface CheckOptions extends AccessFileOptions {
  readonly user: string;
  readonly publish?: string;
  readonly consume?: string;
  readonly create?: string;
  readonly event?: string;
  readonly json?: true;
}

const ACTIONS: readonly AccessAction[] = ["publish", "consume", "create"];

/** Adds `acl check`: whether the rules of a file allow something, and by which of them. */
export function addAclCheck(acl: Command, session: Session): void {
  const command: Command = acl
    .command("check")
    .description("say whether the rules allow something, and which rule decides; exit code 0 for yes, 1 for no")
    .requiredOption("--user <name>", "who wants to do it")
    .addOption(new Option("--publish <address>", "send to this address").conflicts(["consume", "create"]))
    .addOption(new Option("--consume <address>", "receive from this address").conflicts("create"))
    .addOption(new Option("--create <address>", "make a topic or queue of this address").conflicts("event"))
    .option("--event <name>", "an event of this type; without it, a message that is no event")
    .addOption(aclOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  xqbus acl check --acl acl.json --user bob --publish org.clacks --event PhoneStatus
  xqbus acl check --data ./bus --user bob --consume org.clacks.unrouted --json`,
    );
  command.action(async (options: CheckOptions) => {
    const output = new Output(session.io, options.json === true);
    const question = questionOf(options, command);
    const rules = await readRulesFile(named(rulesFileOf(options), "--acl", command));
    const { isAllowed, rule } = checkAccess(rules, question);
    if (!isAllowed) session.exitCode = EXIT.failure;
    const decisive = rule === undefined ? undefined : rules[rule];
    if (output.json) {
      output.value({ allowed: isAllowed, ...(rule === undefined ? {} : { rule: rule + 1, text: decisive }) });
      return;
    }
    const reason = rule === undefined ? "no rule fits" : `rule ${rule + 1}: ${JSON.stringify(decisive)}`;
    output.line(`${isAllowed ? "yes" : "no"}, ${reason}`);
  });
}

function questionOf(options: CheckOptions, command: Command): AccessQuestion {
  const { user, event } = options;
  for (const action of ACTIONS) {
    const address = options[action];
    if (address !== undefined) return { user, action, address, ...(event === undefined ? {} : { event }) };
  }
  return command.error("error: what is to be done? give --publish, --consume or --create ADDRESS");
}
