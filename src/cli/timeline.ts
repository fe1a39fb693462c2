import { counted } from "../counted.ts";
import type { DeliveryRecord } from "../listener/index.ts";
import type { ArchivedPlace, DeadLetter, EventTimeline, TaskletRecord, TracedRun } from "../server/index.ts";
import { attemptText } from "./attempt-text.ts";
import type { Output, Style } from "./io.ts";
import { durationText, timeText } from "./time-text.ts";
import { oneLine, visibleText } from "./visible-text.ts";

interface Step {
  /** Ms since 1970. */
  readonly at: number;
  /** A listener, a subscription or a queue. */
  readonly who: string;
  readonly text: string;
  readonly style: Style;
}

/** Prints what became of an event: a line for each thing that happened, in the order of time, which counts from the acceptance. */
export function printTimeline(output: Output, timeline: EventTimeline): void {
  const {
    eventId,
    // The record of an event may be over before that of its runs.
    eventType = (timeline.runs ?? []).length > 0 ? "event" : "no event",
    subject,
    acceptedAt,
    traceparent,
    bytes,
    deliveries,
    deadLetters,
    runs = [],
    archived = [],
    tasklets = [],
  } = timeline;
  const title = `${visibleText(oneLine(eventType))} ${visibleText(oneLine(eventId))}`;
  output.line(output.style("bold", title));
  const facts = [
    ...(subject === undefined ? [] : [subject]),
    `${bytes} bytes`,
    ...(traceparent === undefined ? [] : [`trace ${traceparent}`]),
  ];
  output.line(output.style("dim", visibleText(oneLine(facts.join(", ")))));
  const steps = [
    ...deliveries.flatMap(stepsOf),
    ...deadLetters.map(stepOf),
    ...runs.flatMap(stepsOfRun),
    ...archived.map(placeOf),
    ...tasklets.map(stepOfTasklet),
  ].sort((a, b) => a.at - b.at);
  const start = acceptedAt ?? steps[0]?.at ?? 0;
  const offsets = steps.map(({ at }) => `+${durationText(Math.max(0, at - start))}`);
  const width = Math.max(4, ...offsets.map(({ length }) => length));
  const began = acceptedAt === undefined ? "first known" : "accepted";
  output.line(`${"0 ms".padStart(width)}  ${began} at ${timeText(start)}`);
  for (const [at, { who, text, style }] of steps.entries()) {
    const what = output.style(style, visibleText(oneLine(text)));
    output.line(`${(offsets[at] ?? "").padStart(width)}  ${visibleText(oneLine(who))}  ${what}`);
  }
  if (deliveries.length === 0) output.line(`${"".padStart(width)}  no listener wanted it`);
}

function placeOf({ number, archivedAt }: ArchivedPlace): Step {
  return { at: archivedAt, who: "archive", text: `archived as #${number}`, style: "dim" };
}

function stepOfTasklet({ consumer, tasklet, attempt, outcome, startedAt, endedAt, error }: TaskletRecord): Step {
  const who = `consumer ${consumer}`;
  if (tasklet === undefined) return { at: endedAt, who, text: "no tasklet wanted it", style: "dim" };
  const why = error === undefined ? "" : `: ${error.message}`;
  const text = `${tasklet} ${outcome} after ${durationText(endedAt - startedAt)}, attempt ${attempt}${why}`;
  return { at: endedAt, who, text, style: STYLES[outcome] ?? "yellow" };
}

/** What the embedded broker has given up. */
function stepOf({ id, at, subscription, kind, reason, error, attempts, redrives }: DeadLetter): Step {
  const times = attempts === 0 ? "" : ` after ${counted(attempts, "attempt")}`;
  const why = error === undefined ? "" : `, ${error}`;
  const text = `dead letter ${id}: ${reason}${times}${why}${againOf(redrives)}`;
  return { at, who: `${kind} ${subscription}`, text, style: "red" };
}

function againOf(redrives: number): string {
  return redrives === 0 ? "" : `, redriven ${redrives} times`;
}

function stepsOf(delivery: DeliveryRecord): readonly Step[] {
  const { listener: who, attempts, nextAttemptAt, state, reason, matchedAt, redrives } = delivery;
  const last = attempts.at(-1)?.endedAt ?? matchedAt;
  const steps: Step[] = [{ at: matchedAt, who, text: "matched", style: "dim" }];
  for (const attempt of attempts) {
    const style = attempt.outcome === "delivered" ? "green" : "red";
    steps.push({ at: attempt.endedAt, who, text: `attempt ${attempt.number} ${attemptText(attempt)}`, style });
  }
  const again = againOf(redrives);
  if (state === "dead")
    steps.push({ at: last, who, text: `dead letter: ${reason ?? "unknown"}${again}`, style: "red" });
  if (state === "deleted") steps.push({ at: last, who, text: "dead letter, deleted", style: "yellow" });
  if (state === "waiting") {
    const at = Math.max(last, nextAttemptAt ?? last);
    const due = nextAttemptAt === undefined ? "waits; its listener does not deliver now" : "next attempt";
    steps.push({ at, who, text: `${due}${again}`, style: "yellow" });
  }
  return steps;
}

function stepsOfRun({ id, kind, name, step, state, createdAt, endedAt, attempts }: TracedRun): readonly Step[] {
  const who = step === undefined ? `${kind} ${name}` : `step ${step}`;
  const steps: Step[] = [{ at: createdAt, who, text: `run ${id} recorded`, style: "dim" }];
  for (const { number, startedAt, endedAt: over, outcome = "running", error } of attempts) {
    const why = error === undefined ? "" : `: ${error.message}`;
    const style = STYLES[outcome] ?? "yellow";
    steps.push({ at: over ?? startedAt, who, text: `attempt ${number} ${outcome}${why}`, style });
  }
  const last = attempts.at(-1);
  const isTold = last?.outcome === state || (last !== undefined && last.outcome === undefined);
  const at = endedAt ?? last?.endedAt ?? createdAt;
  if (!isTold && state !== "queued")
    steps.push({ at, who, text: `run ${id} ${state}`, style: STYLES[state] ?? "yellow" });
  return steps;
}

const STYLES: Readonly<Record<string, Style>> = { succeeded: "green", failed: "red", lost: "red", cancelled: "red" };
