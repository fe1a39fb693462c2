import { XqbusError } from "../errors.ts";
import type { NotifierType } from "./notifier.ts";

/** In the place of a notifier that another release has had: listeners with it can be seen and deleted, and their events wait. */
export function unknownNotifier(id: string): NotifierType {
  const refuse = (): never => {
    throw new XqbusError("xqbus:unknown-name", `"${id}" is not a notifier of this daemon`);
  };
  return { id, summary: "", fields: [], check: refuse, show: () => [], open: async () => refuse() };
}
