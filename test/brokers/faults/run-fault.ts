import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { TcpProxy } from "../../helpers/tcp-proxy.ts";
import type { FaultClient, FaultTarget } from "./fault-client.ts";
import { FAULTS, type FaultName } from "./faults.ts";
import type { FaultyProduct, Killable } from "./killable.ts";
import { ReceiverProcess } from "./receiver-process.ts";

/** What became of the messages of one fault. */
export interface FaultRow {
  readonly product: FaultyProduct;
  readonly client: string;
  readonly fault: FaultName;
  /** Messages that the client took. */
  readonly sent: number;
  /** Messages that the sender heard to be accepted. */
  readonly acknowledged: number;
  /** Different messages that were handled to the end. */
  readonly received: number;
  /** Acknowledged and never handled. */
  readonly lost: number;
  /** Sent without an answer, whatever became of them. */
  readonly unanswered: number;
  /** Messages that were handled again, and had an id that was known. */
  readonly duplicates: number;
}

export interface FaultOptions {
  /** How often a fault that can be repeated is. */
  readonly rounds: number;
  /** When nothing has moved for so long, nothing will any more. */
  readonly quietMs: number;
}

/** Messages that have to arrive before and after each fault. */
const FLOW = 100;
/** Between two looks at what has arrived, and two bursts of messages. */
const PAUSE_MS = 2;
const BURST = 5;
/** Accepted messages that may wait for the receiver. */
const BACKLOG = 500;

/** What a fault can do and see. */
export interface FaultScene {
  readonly broker: Killable;
  readonly toSender: TcpProxy;
  readonly toReceiver: TcpProxy;
  readonly rounds: number;
  /** Resolves when so many more have arrived (default 100), or when nothing moves any more: then with false. */
  readonly flows: (messages?: number) => Promise<boolean>;
  /** Kills the process of the receiver while it handles a message, and starts another one. */
  readonly killReceiver: () => Promise<void>;
}

/** Sends through a fault, and counts. The sender and the receiver reach the broker through a proxy each. */
export async function runFault(
  broker: Killable,
  client: FaultClient,
  fault: FaultName,
  { rounds, quietMs }: FaultOptions,
): Promise<FaultRow> {
  await using toSender = await TcpProxy.start(broker.port);
  await using toReceiver = await TcpProxy.start(broker.port);
  const through = (proxy: TcpProxy): FaultTarget => ({ url: proxy.through(broker.url), topic: broker.topic });
  const [sent, acknowledged, received] = [new Set<string>(), new Set<string>(), new Set<string>()];
  let duplicates = 0;
  let moved = performance.now();
  const onHandled = (id: string): void => {
    moved = performance.now();
    if (received.has(id)) duplicates++;
    received.add(id);
  };
  const subscription = `faults-${randomUUID()}`;
  const { usesProcess = false, run } = FAULTS[fault];
  const process = usesProcess
    ? new ReceiverProcess(client.name, through(toReceiver), subscription, onHandled)
    : undefined;
  await process?.start();
  const receiver = usesProcess
    ? undefined
    : await client.openReceiver(through(toReceiver), subscription, (id) => Promise.resolve(onHandled(id)));
  const sender = await client.openSender(through(toSender));

  let sending = true;
  const load = (async (): Promise<void> => {
    while (sending) {
      for (
        let message = 0;
        message < BURST && sender.isReady() && acknowledged.size - received.size < BACKLOG;
        message++
      ) {
        const id = `m-${sent.size}`;
        sent.add(id);
        sender.send(id, () => {
          moved = performance.now();
          acknowledged.add(id);
        });
      }
      await sleep(PAUSE_MS);
    }
  })();
  const until = async (done: () => boolean): Promise<boolean> => {
    moved = performance.now();
    while (!done()) {
      if (performance.now() - moved > quietMs) return false;
      await sleep(PAUSE_MS);
    }
    return true;
  };
  const flows = (messages = FLOW): Promise<boolean> => {
    const target = received.size + messages;
    return until(() => received.size >= target);
  };
  await run({ broker, toSender, toReceiver, rounds, flows, killReceiver: async () => process?.killWhileHandling() });
  sending = false;
  await load;
  await until(() => acknowledged.size === sent.size && received.size === sent.size);
  await sender.close();
  await receiver?.close();
  await process?.stop();
  for (const proxy of [toSender, toReceiver]) proxy.cut();
  await client.unsubscribe(broker, subscription);
  return {
    ...{ product: broker.product, client: client.name, fault, sent: sent.size, acknowledged: acknowledged.size },
    ...{ received: received.size, lost: [...acknowledged].filter((id) => !received.has(id)).length },
    ...{ unanswered: sent.size - acknowledged.size, duplicates },
  };
}
