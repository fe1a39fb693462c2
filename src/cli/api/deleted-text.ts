import { counted } from "../../counted.ts";
import type { Deletion } from "../../server/api-client/index.ts";

/** The triggers that go with an action or workflow: `2 triggers, and 1 trigger of others that it starts`. */
export function triggersText({ triggers, followers }: Omit<Deletion, "workflows">): string {
  const own = counted(triggers, "trigger", "triggers");
  return followers === 0 ? own : `${own}, and ${counted(followers, "trigger", "triggers")} of others that it starts`;
}
