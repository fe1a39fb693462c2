import type { FaultScene } from "./run-fault.ts";

/** Something that goes wrong between a sender and a receiver. */
export interface Fault {
  /** Resolves when messages flow again, or never will. */
  readonly run: (scene: FaultScene) => Promise<unknown>;
  /** The receiver has a process of its own. */
  readonly usesProcess?: boolean;
}

export type FaultName =
  | "broker killed and restarted"
  | "connections cut"
  | "connections half-open"
  | "one byte at a time"
  | "slow link"
  | "receiver killed while it handles";

export const FAULTS: Readonly<Record<FaultName, Fault>> = {
  "broker killed and restarted": {
    run: async ({ broker, rounds, flows }) => {
      for (let round = 0; round < rounds; round++) {
        await flows();
        await broker.kill();
        await broker.start();
      }
      await flows();
    },
  },
  "connections cut": {
    run: async ({ toSender, toReceiver, rounds, flows }) => {
      for (let round = 0; round < rounds; round++) {
        await flows();
        toSender.cut();
        toReceiver.cut();
      }
      await flows();
    },
  },
  // What a firewall does that forgot its connections: nothing goes through any more, and nobody is told.
  "connections half-open": {
    run: async ({ toSender, toReceiver, flows }) => {
      await flows();
      toSender.freeze();
      toReceiver.freeze();
      await flows();
      // At last the system gives the dead ones up; before, a broker without heartbeats keeps what it had sent by them.
      toSender.cut();
      toReceiver.cut();
      await flows();
    },
  },
  "one byte at a time": {
    run: async ({ toSender, toReceiver, flows }) => {
      for (const proxy of [toSender, toReceiver]) proxy.behave({ pieceBytes: 1 });
      await flows();
      for (const proxy of [toSender, toReceiver]) proxy.behave({});
    },
  },
  "slow link": {
    run: async ({ toSender, toReceiver, flows }) => {
      for (const proxy of [toSender, toReceiver]) proxy.behave({ delayMs: 20 });
      await flows();
      for (const proxy of [toSender, toReceiver]) proxy.behave({});
    },
  },
  "receiver killed while it handles": {
    usesProcess: true,
    run: async ({ rounds, flows, killReceiver }) => {
      for (let round = 0; round < rounds; round++) {
        await flows();
        await killReceiver();
      }
      await flows();
    },
  },
};

export const FAULT_NAMES: readonly FaultName[] = Object.keys(FAULTS) as FaultName[];
