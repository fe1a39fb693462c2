import type { FaultClient } from "./fault-client.ts";
import { stockRheaClient } from "./stock-rhea-client.ts";
import { xqbusClient } from "./xqbus-client.ts";

/** What is compared. */
export const FAULT_CLIENTS: Readonly<Record<"xqbus" | "rhea", FaultClient>> = {
  xqbus: xqbusClient,
  rhea: stockRheaClient,
};
