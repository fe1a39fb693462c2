import { Command, CommanderError } from "commander";
import type { Session } from "./command.ts";
import { commands } from "./commands/index.ts";
import { EXIT } from "./exit-code.ts";
import type { ExitCode } from "./exit-code.ts";
import type { Io } from "./io.ts";
import { addLater } from "./later-command.ts";
import { packageVersion } from "../package-version.ts";
import { reportError } from "./report-error.ts";
import { usageError } from "./usage-error.ts";

/** Runs one command line (without node and script) and gives the exit code; prints to `io`, never throws. */
export async function runCli(args: readonly string[], io: Io): Promise<ExitCode> {
  const session: Session = { io, exitCode: EXIT.ok };
  const program = createProgram(session);
  const json = args.includes("--json");
  try {
    for (const add of commands) {
      if (typeof add === "function") add(program, session);
      else await addLater(program, session, add, args);
    }
    await program.parseAsync(args, { from: "user" });
    return session.exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      reportError(error, io, json);
      return EXIT.failure;
    }
    if (error.exitCode === 0) return EXIT.ok;
    // Without a command commander has shown the help, which says more than a line.
    if (error.code !== "commander.help") reportError(usageError(error, program, args), io, json);
    return EXIT.usage;
  }
}

function createProgram(session: Session): Command {
  const { io } = session;
  const program = new Command("xqbus")
    .description("Typed XML events over AMQP 1.0: XSD files are the event types, XQuery is the filter.")
    .version(packageVersion(), "--version")
    .showSuggestionAfterError()
    .helpCommand(false)
    .addHelpText(
      "after",
      `
Examples:
  xqbus demo                                             see events flow, nothing to set up
  xqbus serve                                            start a broker on this machine
  xqbus send PhoneStatus --set CallerId=012345 --set ReceiverId=12343424 --set Status=busy
  xqbus listen --xquery '/e:Event/e:PhoneStatus[e:Status = "busy"]'
  xqbus validate event.xml

xqbus COMMAND --help tells more about one of them.
Environment: XQBUS_URL (the bus), XQBUS_SCHEMAS (folders with XSD files), NO_COLOR, XQBUS_DEBUG=1 (stack traces)`,
    );
  // Sub-commands inherit these settings only if they are set before the sub-commands are added.
  program.exitOverride().configureOutput({
    writeOut: (text) => void io.stdout.write(text),
    writeErr: (text) => void io.stderr.write(text),
    // Reported by runCli, with everything else that went wrong.
    outputError: () => undefined,
  });
  return program;
}
