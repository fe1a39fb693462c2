import type { AddCommand } from "../command.ts";
import { addAclCheck } from "./acl/check.ts";

export const addAcl: AddCommand = (program, session) => {
  const acl = program
    .command("acl")
    .description("who may do what with a broker of xqbus serve")
    .helpCommand(false)
    .addHelpText(
      "after",
      `
The rules are a file that you write (docs/broker.md, "Who may use it"); xqbus serve --acl FILE follows it as it changes:

  { "rules": [
    { "effect": "allow", "user": "ada", "action": "*" },
    { "effect": "allow", "user": "bob", "action": "publish", "address": "org.clacks", "event": "Phone*" }
  ] }

Examples:
  xqbus acl check --acl acl.json --user bob --publish org.clacks --event PhoneStatus`,
    );
  addAclCheck(acl, session);
};
