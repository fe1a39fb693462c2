import type { BrokerCounts } from "./broker.ts";

/** The running account behind {@link BrokerCounts}; every part of the broker adds to it. */
export type Tally = { -readonly [Name in keyof BrokerCounts]: number };

/** An account with nothing in it. */
export function newTally(): Tally {
  return {
    connections: 0,
    links: 0,
    queuedBytes: 0,
    received: 0,
    bytes: 0,
    refused: 0,
    unrouted: 0,
    delivered: 0,
    redelivered: 0,
    accepted: 0,
    rejected: 0,
    released: 0,
    modified: 0,
    dropped: 0,
    expired: 0,
    deadLettered: 0,
    damaged: 0,
    failedLogins: 0,
    denied: 0,
    withheld: 0,
    faults: 0,
  };
}
