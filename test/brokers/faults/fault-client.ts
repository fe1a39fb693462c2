import type { Killable } from "./killable.ts";

/** What a client needs to know of a broker. */
export interface FaultTarget {
  readonly url: string;
  readonly topic: Killable["topic"];
}

/** Sends without waiting for answers. */
export interface FaultSender {
  /** Whether the client takes another one now. */
  isReady(): boolean;
  /** @param onAccepted is called when, and if ever, the broker's answer is there */
  send(id: string, onAccepted: () => void): void;
  close(): Promise<void>;
}

/** Receives with a durable subscription. */
export interface FaultReceiver {
  /** The broker keeps the subscription. */
  close(): Promise<void>;
}

/** A client library as a program uses it. */
export interface FaultClient {
  readonly name: string;
  openSender(target: FaultTarget): Promise<FaultSender>;
  /** @param handle gets the id of each message; its promise is the end of handling */
  openReceiver(
    target: FaultTarget,
    subscription: string,
    handle: (id: string) => Promise<void>,
  ): Promise<FaultReceiver>;
  /** Ends a subscription that nobody uses, or somebody whose connection is dead. */
  unsubscribe(target: FaultTarget, subscription: string): Promise<void>;
}
