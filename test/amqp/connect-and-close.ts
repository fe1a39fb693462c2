/**
 * A program that connects in several ways, closes everything and must then end by itself. It is a process of its own,
 * because timers of the test runner could not be told from ours.
 */
import { setImmediate } from "node:timers/promises";
import rhea from "rhea";
import { AMQPEventConsumer, EventPublisher } from "../../src/amqp/index.ts";
import { ScriptedBroker } from "./scripted-broker.ts";

/** What we could leave behind would stay for as long as an idle time-out, which is much longer. */
const PATIENCE_MS = 10_000;

const broker = await ScriptedBroker.start();
await (await EventPublisher.open(broker.url())).close();
await (await AMQPEventConsumer.open(broker.url())).close();
await EventPublisher.open(broker.url("admin:wrong")).catch(() => undefined);
await AMQPEventConsumer.open(broker.url("admin:wrong")).catch(() => undefined);

let tellBusy = (): void => undefined;
const isBusy = new Promise<void>((resolve) => (tellBusy = resolve));
let finishCallback = (): void => undefined;
const busy = await AMQPEventConsumer.open(broker.url(), {
  reconnect: false,
  callback: () => {
    tellBusy();
    return new Promise((resolve) => (finishCallback = resolve));
  },
});
broker.publish(rhea.message.encode({ body: "<Event><A/></Event>" }));
await isBusy;
await broker.close();
await busy.join().catch(() => undefined);
finishCallback();
await busy.close();

const waiting = await ScriptedBroker.start();
const away = await EventPublisher.open(waiting.url());
const gone = new Promise((resolve) => away.on("disconnected", resolve));
await waiting.close();
await gone;
await away.close();

const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
const end = performance.now() + PATIENCE_MS;
while (timers() > 0 && performance.now() < end) await setImmediate();
process.stdout.write(`closed; timers left: ${timers()}\n`);
