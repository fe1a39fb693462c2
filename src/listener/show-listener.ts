import { withoutSecrets } from "./secrets.ts";
import type { KeptCounts, Listener, ListenerState } from "./listener.ts";
import type { Matcher } from "./matcher.ts";
import type { NotifierType } from "./notifier.ts";
import type { Runner } from "./runner.ts";

/** A listener as the outside sees it. */
export function showListener(runner: Runner, type: NotifierType, matcher: Matcher, counts: KeptCounts): Listener {
  const { id, createdAt, updatedAt, definition } = runner.stored;
  const { config, ...said } = definition;
  const [state, stateReason] = stateOf(runner, matcher.misfitOf(id));
  return Object.freeze({
    ...said,
    ...{ id, createdAt, updatedAt, state, stateReason },
    config: withoutSecrets(type, config),
    shown: type.show(config),
    counts: { ...counts, waiting: runner.waiting },
  });
}

function stateOf(
  { stored, failure }: Runner,
  misfit: string | undefined,
): readonly [state: ListenerState, reason: string | undefined] {
  const { state, reason } = stored.status;
  if (state === "paused" || state === "disabled") return [state, reason];
  if (failure !== undefined) return ["failed", failure.message];
  if (misfit !== undefined) return ["failed", misfit];
  return [state, reason];
}
