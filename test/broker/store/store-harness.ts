import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { startBroker } from "../../../src/broker/index.ts";
import type { Broker, BrokerOptions } from "../../../src/broker/index.ts";
import { StorageSession, chooseDriver } from "../../../src/storage/index.ts";
import type { SqlRow, SqlValue } from "../../../src/storage/index.ts";
import { APPLICATION_ID, MIGRATIONS, STORE_FILE } from "../../../src/broker/store/tables.ts";
import { RheaClient } from "../rhea-client.ts";
import type { Answer } from "../rhea-client.ts";

export const TOPIC = "org.clacks";
export const JOBS: object = { address: "jobs", capabilities: ["queue"] };

/** A source with a subscription that is kept. */
export function kept(filter?: object): object {
  return { address: TOPIC, durable: 2, expiry_policy: "never", ...(filter === undefined ? {} : { filter }) };
}

/** A broker with a folder that can be stopped and started again. */
export class StoredBroker {
  readonly folder: string = mkdtempSync(join(tmpdir(), "xqbus-store-"));
  readonly problems: string[] = [];
  broker!: Broker;
  client!: RheaClient;
  #isRunning = false;

  get file(): string {
    return join(this.folder, STORE_FILE);
  }

  async start({ store, ...options }: Partial<BrokerOptions> = {}): Promise<void> {
    const onProblem = ({ code, message }: { code: string; message: string }): unknown =>
      this.problems.push(`${code} ${message}`);
    this.broker = await startBroker({
      unrouted: true,
      store: { onProblem, ...store, folder: this.folder },
      ...options,
    });
    this.#isRunning = true;
    this.client = await this.connect();
  }

  connect(containerId = "tester"): Promise<RheaClient> {
    return RheaClient.connect(this.broker.url(), { container_id: containerId });
  }

  async stop(): Promise<void> {
    if (this.#isRunning) await this.broker.close();
    this.#isRunning = false;
  }

  async restart(options: Partial<BrokerOptions> = {}): Promise<void> {
    await this.stop();
    await this.start(options);
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async publish(target: unknown, ...messages: readonly (readonly [body: unknown, fields?: object])[]): Promise<void> {
    expect(await this.tryPublish(target, ...messages)).toEqual(messages.map(() => ({ outcome: "accepted" })));
  }

  async tryPublish(
    target: unknown,
    ...messages: readonly (readonly [body: unknown, fields?: object])[]
  ): Promise<readonly Answer[]> {
    const sender = await this.client.sender(target);
    const answers: Promise<Answer>[] = [];
    for (const [body, fields] of messages) {
      if (!sender.link.sendable()) await Promise.all(answers);
      answers.push(sender.send(body, fields));
    }
    const all = await Promise.all(answers);
    sender.link.close();
    await this.client.settle();
    return all;
  }

  /** Takes and accepts so many messages. */
  async take(source: unknown, count: number, name?: string): Promise<readonly unknown[]> {
    const receiver = await this.client.receiver(source, name === undefined ? {} : { name });
    receiver.credit(count);
    const taken = await receiver.take(count);
    for (const { delivery } of taken) delivery.accept();
    receiver.link.detach();
    await this.client.settle();
    return taken.map(({ body }) => body);
  }

  /** Looks into the file, or changes it; the broker must not run. */
  sql(sql: string, ...parameters: readonly SqlValue[]): readonly SqlRow[] {
    const setup = { path: this.file, applicationId: APPLICATION_ID, migrations: MIGRATIONS };
    const session = new StorageSession(setup, chooseDriver());
    const { rows = [], error } = session.answer(
      sql.startsWith("SELECT")
        ? { kind: "read", id: 0, sql, parameters }
        : { kind: "write", id: 0, writes: [{ sql, rows: [parameters] }] },
    );
    session.answer({ kind: "close", id: 0 });
    if (error !== undefined) throw new Error(error.message);
    return rows;
  }
}
