import type { Finding } from "../../server/index.ts";
import { EXIT } from "../exit-code.ts";
import { Output } from "../io.ts";
import type { Style } from "../io.ts";
import type { AddLater } from "../later-command.ts";
import { jsonOption } from "../options.ts";
import { oneLine, visibleText } from "../visible-text.ts";

interface DoctorOptions {
  readonly config?: string;
  readonly data?: string;
  readonly json?: true;
}

const STYLES: Readonly<Record<Finding["status"], Style>> = { ok: "green", warn: "yellow", fail: "red" };

export const addDoctor: AddLater = (command, session) => {
  command
    .option("--config <file>", "configuration as for xqbus serve --config")
    .option("--data <dir>", "folder of the daemon, as for xqbus serve --data")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  xqbus doctor --data ./bus
  xqbus doctor --config /etc/xqbus/xqbus.toml
  xqbus doctor --config xqbus.toml --json

Each line is ok, warn or fail, with what to do. Nothing is changed and no mail is sent; it may run beside the daemon, as the same
user. The exit code is 1 when something fails.`,
    )
    .action(async ({ config: file, data, json }: DoctorOptions) => {
      const output = new Output(session.io, json === true);
      const folder = { option: "--data", section: "storage", key: "folder" };
      const options = data === undefined ? [] : [{ ...folder, value: data }];
      const { examine, loadConfig } = await import("../../server/index.ts");
      const findings = await examine(await loadConfig({ file, env: session.io.env, options }));
      if (findings.some(({ status }) => status === "fail")) session.exitCode = EXIT.failure;
      if (output.json) return output.value(findings.map((finding) => ({ ...finding, advice: finding.advice ?? null })));
      for (const { name, status, detail, advice } of findings) {
        const text = advice === undefined ? detail : `${detail}; ${advice}`;
        output.line(`${output.style(STYLES[status], status.padEnd(4))}  ${name}: ${visibleText(oneLine(text))}`);
      }
    });
};
