import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import type { Session } from "./command.ts";
import { commands } from "./commands/index.ts";
import { EXIT } from "./exit-code.ts";
import type { ExitCode } from "./exit-code.ts";
import type { Io } from "./io.ts";
import { reportError } from "./report-error.ts";

/** Runs one command line (without node and script) and gives the exit code; prints to `io`, never throws. */
export async function runCli(args: readonly string[], io: Io): Promise<ExitCode> {
  const session: Session = { io, exitCode: EXIT.ok };
  try {
    await createProgram(session).parseAsync(args, { from: "user" });
    return session.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    reportError(error, io, args.includes("--json"));
    return EXIT.failure;
  }
}

function createProgram(session: Session): Command {
  const { io } = session;
  const program = new Command("xqbus")
    .description("Typed XML events over AMQP 1.0: XSD files are the event types, XQuery is the filter.")
    .version(packageVersion(), "--version")
    .showSuggestionAfterError()
    .showHelpAfterError("(add --help for the options and examples)")
    .addHelpText(
      "after",
      `
Examples:
  xqbus demo                                             see events flow, nothing to set up
  xqbus serve                                            start a broker on this machine
  xqbus send PhoneStatus --set CallerId=012345 --set ReceiverId=12343424 --set Status=busy
  xqbus listen --xquery '/e:Event/e:PhoneStatus[e:Status = "busy"]'
  xqbus validate event.xml

Environment: XQBUS_URL (the bus), XQBUS_SCHEMAS (folders with XSD files), NO_COLOR, XQBUS_DEBUG=1 (stack traces)`,
    );
  // Sub-commands inherit these settings only if they are set before the sub-commands are added.
  program.exitOverride().configureOutput({
    writeOut: (text) => void io.stdout.write(text),
    writeErr: (text) => void io.stderr.write(text),
    outputError: (text, write) => write(text.replace(/^error: /, "xqbus: ")),
  });
  for (const add of commands) add(program, session);
  return program;
}

function packageVersion(): string {
  const manifest = readFileSync(join(import.meta.dirname, "..", "..", "package.json"), "utf8");
  return (JSON.parse(manifest) as { readonly version: string }).version;
}
