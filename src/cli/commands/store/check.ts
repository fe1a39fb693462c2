import { checkStore } from "../../../broker/index.ts";
import type { StoreCheck } from "../../../broker/index.ts";
import { EXIT } from "../../exit-code.ts";
import { Output } from "../../io.ts";
import { jsonOption } from "../../options.ts";
import type { AddStoreCommand } from "../store.ts";

export const addStoreCheck: AddStoreCommand = (store, session) => {
  store
    .command("check")
    .description("read all messages of a folder that serve --data used, and tell what is damaged; nothing is changed")
    .argument("<dir>", "folder of a broker that is not running")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  xqbus store check ./broker
  xqbus store check ./broker --json

The exit code is 1 when something is damaged. What a broker has set aside before is told, and is no reason for that.`,
    )
    .action((folder: string, options: { readonly json?: true }) => {
      const output = new Output(session.io, options.json === true);
      const check = checkStore(folder);
      if (!check.isWhole) session.exitCode = EXIT.failure;
      if (output.json) output.value(check);
      else show(folder, check, output);
    });
};

function show(folder: string, check: StoreCheck, output: Output): void {
  for (const fault of check.structure) output.line(`file: ${fault}`);
  for (const { kind, name, messages, damaged, missing, isWhole } of check.queues) {
    const faults = [
      damaged > 0 ? `${damaged} damaged` : "",
      missing > 0 ? `${missing} missing` : "",
      isWhole ? "" : "its definition is damaged",
    ].filter((fault) => fault !== "");
    output.line(`${kind} ${name}: ${messages} whole${faults.map((fault) => `, ${fault}`).join("")}`);
  }
  const aside = check.setAside === 0 ? "" : `; ${check.setAside} set aside by a broker before`;
  output.line(`${check.messages} messages whole, ${check.damaged} damaged, ${check.missing} missing${aside}`);
  if (!check.isWhole) output.note(`save what is whole: xqbus store salvage ${folder} --to NEW-FOLDER`);
}
