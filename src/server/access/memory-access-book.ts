import { randomBytes } from "node:crypto";
import type { AuditEntry } from "../api-client/index.ts";
import type { AccessBook } from "./access-book.ts";
import { SIGNING_KEY_BYTES } from "./signing-key.ts";

/** Keys and audit log of a daemon without a folder: gone when it ends. */
export function memoryAccessBook(): AccessBook {
  const entries: AuditEntry[] = [];
  let lastId = 0;
  return {
    signingKey: randomBytes(SIGNING_KEY_BYTES),
    keys: async () => [],
    addKey: async () => {},
    addFirstKey: async () => true,
    deleteKey: async () => {},
    addAudit: async (entry) => {
      entries.push({ id: ++lastId, ...entry });
    },
    audit: async ({ who, action, target, before, limit }) =>
      entries
        .filter(
          (entry) =>
            (who === undefined || entry.who === who) &&
            (action === undefined || entry.action === action) &&
            (target === undefined || entry.target === target) &&
            (before === undefined || entry.id < before),
        )
        .slice(-limit)
        .toReversed(),
    tidyAudit: async (before, maxEntries) => {
      const firstKept = entries.findIndex(({ at }) => at >= before);
      const tooOld = firstKept < 0 ? entries.length : firstKept;
      entries.splice(0, Math.max(tooOld, entries.length - maxEntries));
    },
    close: async () => {},
  };
}
