import type { Command } from "commander";
import { salvageStore } from "../../../broker/index.ts";
import { EXIT } from "../../exit-code.ts";
import { Output } from "../../io.ts";
import { jsonOption } from "../../options.ts";
import type { AddStoreCommand } from "../store.ts";

interface SalvageOptions {
  readonly to?: string;
  readonly dryRun?: true;
  readonly json?: true;
}

export const addStoreSalvage: AddStoreCommand = (store, session) => {
  const command: Command = store
    .command("salvage")
    .description(
      "copy all messages that are whole into a new folder, and tell which are not; the old folder stays as it is",
    )
    .argument("<dir>", "folder of a broker that is not running")
    .option("--to <new>", "folder for the copy; empty, or not there yet")
    .option("--dry-run", "only tell what would be copied")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  xqbus store salvage ./broker --dry-run
  xqbus store salvage ./broker --to ./broker-2 && xqbus serve --data ./broker-2

Messages without a place that is whole come into the queue xqbus.salvaged, those of a queue whose name is lost into
xqbus.salvaged.<number>. The exit code is 1 when something was lost.`,
    );
  command.action((folder: string, options: SalvageOptions) => {
    if (options.to === undefined && options.dryRun !== true) command.error("error: give --to NEW, or --dry-run");
    const output = new Output(session.io, options.json === true);
    const salvage = salvageStore(folder, options.dryRun === true ? undefined : options.to);
    if (salvage.lost > 0) session.exitCode = EXIT.failure;
    if (output.json) return output.value({ ...salvage, dryRun: options.dryRun === true });
    for (const { name, saved, lost, reasons } of salvage.queues) {
      output.line(`${name}: ${saved} saved, ${lost} lost`);
      for (const reason of reasons) output.line(`  ${reason}`);
    }
    const verb = options.dryRun === true ? "would be saved" : "saved";
    output.line(`${salvage.saved} messages ${verb}, ${salvage.homeless} of no queue, ${salvage.lost} lost`);
  });
};
