import type { Leases } from "../../src/router/index.ts";

/** Leases for routers that stand for processes; a test says who has the one for order. */
export interface TestLeases {
  of(process: number): Leases;
  give(process: number): Promise<void>;
  lose(process: number): void;
}

/** The backlog is the first one's. */
export function twoProcesses(): TestLeases {
  const begins = new Map<number, Parameters<Leases["hold"]>[1]>();
  const ends = new Map<number, () => Promise<void>>();
  const lost = new Map<number, AbortController>();
  return {
    of: (process) => ({
      hold: async (name, begin) => {
        if (name === "router.backlog")
          return process === 0 ? begin(new AbortController().signal) : async () => undefined;
        if (name !== "router.ordered") return async () => undefined;
        begins.set(process, begin);
        return async () => ends.get(process)?.();
      },
    }),
    give: async (process) => {
      const losing = new AbortController();
      lost.set(process, losing);
      ends.set(process, await begins.get(process)!(losing.signal));
    },
    lose: (process) => lost.get(process)?.abort(),
  };
}
