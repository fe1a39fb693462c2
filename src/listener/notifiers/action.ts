import { bytesOf } from "../../event/index.ts";
import { compileFilter, type Filter } from "../../filter/index.ts";
import { illegalOption } from "../../assert-option.ts";
import { messageOf, XqbusError } from "../../errors.ts";
import { checkFields } from "../check-fields.ts";
import { notificationDocument } from "../notification-document.ts";
import type { ActionStarter } from "../notifier-settings.ts";
import type { Notification, NotifierContext, NotifierField, NotifierType, NotifyResult } from "../notifier.ts";
import { NotifyError } from "../notify-error.ts";
import { attemptEnded } from "./attempt-ended.ts";
import { showFields } from "./show-fields.ts";

/** The configuration of a listener that starts an action or workflow. */
export interface ActionConfig {
  /** Its id. */
  readonly action: string;
  /** A query whose result is the input. */
  readonly input?: string;
}

const FIELDS: readonly NotifierField[] = [
  { name: "action", kind: "text", isRequired: true, help: "Id of the action or workflow that is started" },
  { name: "input", kind: "text", help: "XQuery whose result is the input (default: the event in its plain JSON form)" },
];

/** Starts an action with each event: the event is delivered when the run is recorded. */
export const actionNotifier: NotifierType<ActionConfig> = {
  id: "action",
  summary: "Starts an action with each event",
  fields: FIELDS,
  check(config, { settings }) {
    // The fields have made sure of the types.
    const checked = checkFields("action", FIELDS, config) as unknown as ActionConfig;
    starterOf(settings);
    if (checked.input !== undefined) compileFilter(checked.input);
    return checked;
  },
  show: (config) => showFields(FIELDS, config),
  async open({ action, input }, { settings, catalog }) {
    const starter = starterOf(settings);
    const query = input === undefined ? undefined : compileFilter(input);
    return {
      notify: (notification, signal) => start(notification, signal, { action, starter, query, catalog }),
      close: async () => undefined,
    };
  },
};

/** Until the database is looked for again; after some failures the circuit breaker of the listener waits for longer. */
const AGAIN_MS = 5000;

interface Start extends Pick<NotifierContext, "catalog"> {
  readonly action: string;
  readonly starter: ActionStarter;
  readonly query: Filter | undefined;
}

async function start(
  notification: Notification,
  signal: AbortSignal,
  { action, starter, query, catalog }: Start,
): Promise<NotifyResult> {
  const what = `starting the action ${action}`;
  if (signal.aborted) throw attemptEnded(what, signal);
  const { delivery, listener, id: eventId, type, event } = notification;
  try {
    const items = query?.evaluate(event.document);
    const content = notificationDocument(notification, catalog);
    const xml = Buffer.from(bytesOf(event)).toString("utf8");
    return {
      excerpt: `run ${await starter.start(action, { delivery, listener, eventId, type, items, content, xml })}`,
    };
  } catch (error) {
    const code = error instanceof XqbusError ? error.code : "xqbus:notify-failed";
    // Where runs cannot be recorded now, events wait.
    const isEndless = code === "xqbus:database-unavailable" || code === "xqbus:store-full";
    const isPermanent = !isEndless && !code.startsWith("xqbus:database") && !code.startsWith("xqbus:store");
    throw new NotifyError(code, `${what} failed: ${messageOf(error)}`, {
      ...{ cause: error, isPermanent, isEndless },
      ...(isEndless ? { retryAfterMs: AGAIN_MS } : {}),
    });
  }
}

function starterOf({ actions }: NotifierContext["settings"]): ActionStarter {
  if (actions !== undefined) return actions;
  throw illegalOption("the daemon has no actions: [action] of its configuration turns them on");
}
