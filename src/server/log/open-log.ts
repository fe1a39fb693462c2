import { once } from "node:events";
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import type { Logger, pino as Pino } from "pino";
import { unreadableReason } from "../../daemon/index.ts";
import { XqbusError } from "../../errors.ts";
import { optionalPackage } from "../../optional-package.ts";
import type { Log, LogDetails, LogLevel } from "./log.ts";
import { safeDetails, safeText } from "./safe-details.ts";
import { textLine } from "./text-line.ts";

/** How a log is written. */
export interface LogOptions {
  /** The least important level that is written. */
  readonly level: LogLevel;
  readonly format: "json" | "text";
  /** Is appended to. */
  readonly file?: string | undefined;
  /** Instead of a file. */
  readonly stream: { write(text: string): unknown };
}

/** The log of a process. */
export interface OpenLog extends Log, AsyncDisposable {
  /** Opens the file again, which another program may have renamed. */
  reopen(): void;
}

/** Of a log that is made. */
const MODE = 0o640;

/** Where lines go. */
interface Destination {
  write(line: string): unknown;
  reopen(): void;
  close(): Promise<void>;
}

/**
 * Opens the log: one JSON object a line (`time`, `level`, `part`, `message` and details), or lines for people.
 *
 * @throws XqbusError `xqbus:unreadable` for a file that cannot be written, `xqbus:missing-package`
 */
export async function openLog({ level, format, file, stream }: LogOptions): Promise<OpenLog> {
  const { pino } = await optionalPackage("pino", "the log", () => import("pino"));
  const destination = file === undefined ? streamDestination(stream) : await fileDestination(pino, file);
  const write = format === "json" ? destination : { write: (line: string) => destination.write(textLine(line)) };
  const logger = pino(
    {
      level,
      base: null,
      messageKey: "message",
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    write,
  );
  return {
    ...logOf(logger),
    reopen: () => destination.reopen(),
    [Symbol.asyncDispose]: () => destination.close(),
  };
}

function logOf(logger: Logger): Log {
  return {
    write: (level, message, details: LogDetails = {}) => logger[level](safeDetails(details), safeText(message)),
    part: (name) => logOf(logger.child({ part: name })),
  };
}

function streamDestination(stream: LogOptions["stream"]): Destination {
  return { write: (line) => stream.write(line), reopen: () => undefined, close: async () => undefined };
}

async function fileDestination({ destination }: typeof Pino, file: string): Promise<Destination> {
  const cannot = (error: unknown): XqbusError => {
    const reason =
      (error as NodeJS.ErrnoException).code === "ENOENT"
        ? `there is no folder ${dirname(file)}`
        : unreadableReason(error);
    return new XqbusError("xqbus:unreadable", `cannot write the log ${file}: ${reason}`, { cause: error });
  };
  // One that pino could not open would throw when the process ends.
  const tried = await open(file, "a", MODE).catch((error: unknown) => {
    throw cannot(error);
  });
  await tried.close();
  const out = destination({ dest: file, sync: false, mode: MODE });
  await once(out, "ready");
  // A full disk must not end a daemon; there is no place left to tell of it.
  out.on("error", () => undefined);
  return {
    write: (line) => out.write(line),
    reopen: () => out.reopen(),
    close: async () => {
      const closed = once(out, "close");
      out.end();
      await closed;
    },
  };
}
