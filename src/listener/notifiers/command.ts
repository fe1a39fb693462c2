import { access, constants } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { illegalOption, shown } from "../../assert-option.ts";
import { XqbusError } from "../../errors.ts";
import type { Catalog } from "../../schema/index.ts";
import type { Notification, Notifier, NotifierField, NotifierType, NotifyResult } from "../notifier.ts";
import { NotifyError } from "../notify-error.ts";
import { attemptEnded } from "./attempt-ended.ts";
import { checkFields, illegalField } from "../check-fields.ts";
import { runProgram, type ProgramEnd } from "./command/run-program.ts";
import { BODY_FIELDS, notificationBody, type BodyConfig } from "./notification-body.ts";
import { printable } from "./printable.ts";
import { showFields } from "./show-fields.ts";

/** The configuration of a command listener, as `docs/notifiers.md` says. */
export interface CommandConfig extends BodyConfig {
  readonly program: string;
  readonly args?: readonly string[];
  readonly permanentExitCodes?: readonly string[];
}

const FIELDS: readonly NotifierField[] = [
  { name: "program", kind: "text", isRequired: true, help: "Absolute path of a program that the daemon's settings allow" },
  { name: "args", kind: "texts", help: "Its arguments, always the same; no shell reads them" },
  ...BODY_FIELDS,
  { name: "permanentExitCodes", kind: "texts", help: "Exit codes that make a dead letter at once (default: none)" },
]; // prettier-ignore

/** Where programs that are named without a folder are looked for, by scripts that the program is or starts. */
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** "Try again later" of sysexits.h: never permanent. */
const TEMPORARY_FAILURE = 75;

/** Runs a program for each event, which gets it on its standard input; exit code 0 takes the event. */
export const commandNotifier: NotifierType<CommandConfig> = {
  id: "command",
  summary: "Runs a program with each event on its standard input",
  fields: FIELDS,
  check(config, { settings }) {
    // The fields have made sure of the types.
    const checked = checkFields("command", FIELDS, config) as unknown as CommandConfig;
    assertAllowed(checked.program, settings.commands);
    if (checked.args?.some((argument) => argument.includes("\0")) === true) {
      throw illegalField("command", "args", "must be without NUL characters");
    }
    const wrong = checked.permanentExitCodes?.find((code) => !isExitCode(code));
    if (wrong !== undefined) {
      const rule = `must be numbers from 1 to 255 other than ${TEMPORARY_FAILURE}`;
      throw illegalField("command", "permanentExitCodes", rule, wrong);
    }
    return checked;
  },
  show: (config) => showFields(FIELDS, config),
  async open(config, { catalog, settings }) {
    // The settings may have changed since the configuration was checked.
    assertAllowed(config.program, settings.commands);
    await access(config.program, constants.X_OK).catch((cause: unknown) => {
      throw new XqbusError("xqbus:unreadable", `the program ${config.program} cannot be run by this user`, { cause });
    });
    return new CommandNotifier(config, catalog);
  },
};

class CommandNotifier implements Notifier {
  readonly #config: CommandConfig;
  readonly #catalog: Catalog;
  readonly #what: string;
  readonly #running: Set<Promise<ProgramEnd>> = new Set();

  constructor(config: CommandConfig, catalog: Catalog) {
    this.#config = config;
    this.#catalog = catalog;
    this.#what = `running ${config.program}`;
  }

  async notify(notification: Notification, signal: AbortSignal): Promise<NotifyResult> {
    if (signal.aborted) throw attemptEnded(this.#what, signal);
    const { program, args = [] } = this.#config;
    const input = notificationBody(notification, this.#catalog, this.#config).bytes;
    const running = runProgram(program, args, { input, environment: environmentOf(notification), signal });
    this.#running.add(running);
    try {
      return this.#resultOf(await running, signal);
    } finally {
      this.#running.delete(running);
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  #resultOf({ exitCode, killedBy, failure, excerpt }: ProgramEnd, signal: AbortSignal): NotifyResult {
    if (exitCode === 0) return { status: 0, excerpt };
    if (signal.aborted) throw attemptEnded(this.#what, signal);
    const how = failure?.message ?? (exitCode === undefined ? `it was ended by ${killedBy}` : `exit code ${exitCode}`);
    throw new NotifyError("xqbus:notify-failed", `${this.#what} failed: ${how}`, {
      status: exitCode,
      excerpt,
      isPermanent: this.#config.permanentExitCodes?.includes(String(exitCode)) ?? false,
      cause: failure,
    });
  }
}

/** Nothing of the daemon's own environment: it may hold passwords. */
function environmentOf(notification: Notification): Readonly<Record<string, string>> {
  const { id, type, delivery, attempt, traceparent, isTest } = notification;
  return {
    PATH,
    LANG: "C.UTF-8",
    XQBUS_EVENT_ID: printable(id),
    XQBUS_EVENT_TYPE: printable(type),
    XQBUS_DELIVERY: printable(delivery),
    XQBUS_ATTEMPT: String(attempt),
    ...(traceparent === undefined ? {} : { TRACEPARENT: printable(traceparent) }),
    ...(isTest ? { XQBUS_TEST: "true" } : {}),
  };
}

function assertAllowed(program: string, allowed: readonly string[]): void {
  if (!isAbsolute(program)) throw illegalField("command", "program", "must be an absolute path", program);
  if (allowed.includes(program)) return;
  const found = allowed.length === 0 ? "it names none" : `it names ${allowed.join(", ")}`;
  throw illegalOption(
    `field program of the command listener must be one of commands in [listener] of the configuration (${found}), got ${shown(program)}`,
  );
}

function isExitCode(text: string): boolean {
  return /^[1-9]\d{0,2}$/u.test(text) && Number(text) <= 255 && Number(text) !== TEMPORARY_FAILURE;
}
