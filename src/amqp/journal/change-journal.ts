import { SendJournal } from "./send-journal.ts";

/**
 * Sends refused events of a journal that nobody has open again, when a publisher opens it; or deletes them. Ids that are not there are ignored.
 *
 * @returns how many there were
 * @throws what {@link SendJournal.open} throws; XqbusError `xqbus:store-full`, `xqbus:store-failed`
 */
export async function changeJournal(
  file: string,
  change: "retry" | "delete",
  ids: readonly number[] | "all",
): Promise<number> {
  const journal = await SendJournal.open({
    ...{ file, create: false, maxEvents: Infinity, maxBytes: Infinity, whenFull: "reject" },
    onFailure: () => undefined,
  });
  try {
    return await journal[change](ids);
  } finally {
    await journal.close();
  }
}
