import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type * as actionModule from "../../action/index.ts";
import type { ActionService } from "../../action/index.ts";
import { sqliteUrl } from "../../database/index.ts";
import { newMessageId, type EventPublisher } from "../../amqp/index.ts";
import { XqbusError } from "../../errors.ts";
import { Event, fromJson } from "../../event/index.ts";
import type { ActionStarter } from "../../listener/index.ts";
import type { Catalog } from "../../schema/index.ts";
import type { DaemonConfig } from "../config/index.ts";
import type { Log } from "../log/index.ts";

/** What actions need of the daemon. */
export interface ActionSurroundings {
  /** Of the daemon. */
  readonly folder: string;
  readonly publisher: EventPublisher;
  readonly catalog: Catalog;
  readonly log: Log;
  /** `[databases]` of the configuration. */
  readonly databases: Readonly<Record<string, string>> | undefined;
}

/**
 * Opens the actions of a daemon; undefined: it has none.
 *
 * @throws what `ActionService.open` throws
 */
export async function openActions(
  { action, storage }: DaemonConfig,
  { folder, publisher, catalog, log, databases }: ActionSurroundings,
): Promise<ActionService | undefined> {
  if (!action.enabled) return undefined;
  const modules = action.folder ?? join(folder, "actions");
  await mkdir(modules, { recursive: true });
  const { ActionService: Service, WORK_TABLES } = await loadActions();
  return Service.open({
    url: storage.url ?? sqliteUrl(join(folder, WORK_TABLES.file)),
    folder: modules,
    workers: action.workers,
    timeoutMs: action.timeout,
    leaseMs: action.lease,
    keepRunsMs: action.keepRuns,
    maxInputBytes: action.maxInputBytes,
    keepAttempts: action.keepAttempts,
    maxAnswerBytes: action.maxAnswerBytes,
    pool: {
      ...{ memoryMb: action.memoryMb, maxMessageBytes: action.maxMessageBytes },
      names: { memoryMb: "[action] memory_mb", maxMessageBytes: "[action] max_message_bytes" },
    },
    ...(databases === undefined ? {} : { databases }),
    publish: async (given) => {
      const event = typeof given === "string" ? Event.parse(given) : fromJson(objectOf(given), catalog);
      const messageId = newMessageId();
      await publisher.sendEvent(event, { messageId });
      return messageId;
    },
    onProblem: (message, error) => log.write("error", message, { error }),
  });
}

/** A daemon without actions does not wait for their modules. */
function loadActions(): Promise<typeof actionModule> {
  return import("../../action/index.ts");
}

function objectOf(value: unknown): object {
  if (typeof value === "object" && value !== null) return value;
  throw new XqbusError(
    "xqbus:illegal-argument",
    "publish takes an event as text of XML, or as an object of docs/json.md",
  );
}

/** Starts actions for listeners. */
export async function actionStarter(actions: ActionService): Promise<ActionStarter> {
  const { queryContent } = await loadActions();
  return {
    start: async (action, { delivery, listener, eventId, type, items, content, xml }) => {
      // A condition chooses events, and says nothing of the input.
      const isCondition = items?.length === 1 && typeof items[0] === "boolean";
      const event = { type, content: items === undefined || isCondition ? content : queryContent(items), xml };
      const trigger = { kind: "event", id: listener } as const;
      return (await actions.begin(action, { event, trigger, key: delivery, eventId })).run.id;
    },
  };
}
