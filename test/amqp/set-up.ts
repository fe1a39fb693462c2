import rhea from "rhea";
import { afterEach, vi } from "vitest";
import { AMQPEventConsumer, type ConsumerOptions } from "../../src/amqp/index.ts";
import { ScriptedBroker, type Script } from "./scripted-broker.ts";

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** Is called after the test, those that were given last first. */
export function afterTest(cleanUp: () => unknown): void {
  cleanUps.push(cleanUp);
}

/** A broker until the end of the test. */
export async function broker(script?: Script): Promise<ScriptedBroker> {
  const started = await ScriptedBroker.start(script);
  afterTest(() => started.close());
  return started;
}

/** A consumer until the end of the test, for which it waits a moment only. */
export async function consumer(
  of: { url(): string } | string,
  options: ConsumerOptions = {},
): Promise<AMQPEventConsumer> {
  const url = typeof of === "string" ? of : of.url();
  const opened = await AMQPEventConsumer.open(url, { closeTimeoutMs: 50, ...options });
  afterTest(() => opened.close());
  return opened;
}

/** The bytes of a message with an event, or with whatever bytes or text are given. */
export function messageOf(event: string | Buffer | { toString(): string }, more: Record<string, unknown> = {}): Buffer {
  const bytes = Buffer.isBuffer(event) ? event : Buffer.from(event.toString());
  return rhea.message.encode({ body: rhea.message.data_section(bytes) as unknown, ...more });
}

export async function until(claim: () => void): Promise<void> {
  await vi.waitFor(claim, { timeout: 20_000 });
}
