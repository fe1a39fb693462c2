import { counted } from "../../counted.ts";

/** The triggers that go with an action or workflow: `2 triggers, and 1 trigger of others that it starts`. */
export function triggersText({
  triggers,
  followers,
}: {
  readonly triggers: number;
  readonly followers: number;
}): string {
  const own = counted(triggers, "trigger", "triggers");
  return followers === 0 ? own : `${own}, and ${counted(followers, "trigger", "triggers")} of others that it starts`;
}
