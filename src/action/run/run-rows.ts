import { XqbusError } from "../../errors.ts";
import { boundedLine } from "../../subscription/index.ts";
import type { NewRun, NewStep, Run, RunData, RunError } from "./run.ts";
import type { RunRow } from "./tables.ts";

/** A row of `run` without its data, which may be large. */
export type RunCells = Omit<RunRow, keyof RunData | "lease">;

/** The columns of {@link RunCells}. */
export const RUN_COLUMNS: readonly (keyof RunCells)[] = [
  ...([
    "id",
    "kind",
    "subject",
    "name",
    "state",
    "idempotency_key",
    "started_by",
    "event_id",
    "parent",
    "step",
  ] as const),
  ...(["timeout_ms", "retry", "depth", "attempts", "failures", "losses", "error_code", "error_message"] as const),
  ...(["created_at", "first_at", "started_at", "ended_at", "due_at", "is_cancelled"] as const),
];

/** What stands for the event of a step whose event is that of its parent. */
export const PARENTS_EVENT: string = "";

/** The run of a row. */
export function runOf(row: RunCells): Run {
  return {
    ...{ id: row.id, kind: row.kind, subject: row.subject, name: row.name, state: row.state },
    key: row.idempotency_key,
    trigger: JSON.parse(row.started_by) as Run["trigger"],
    eventId: row.event_id ?? undefined,
    parent: row.parent ?? undefined,
    step: row.step ?? undefined,
    timeoutMs: row.timeout_ms,
    retry: row.retry,
    ...{ depth: row.depth, attempts: row.attempts, failures: row.failures, losses: row.losses },
    error: errorOf(row),
    createdAt: row.created_at,
    firstAt: row.first_at ?? undefined,
    startedAt: row.started_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
    dueAt: row.due_at ?? undefined,
    isCancelled: row.is_cancelled === 1,
  };
}

/** The row of a new run. @throws XqbusError `xqbus:limit-exceeded`, `xqbus:illegal-argument` for input that is no JSON */
export function rowOf(id: string, run: NewRun | NewStep, now: number, maxInputBytes: number): RunRow {
  const text = (value: unknown): string | null =>
    value === undefined ? null : jsonText(value, "the definition", maxInputBytes);
  return {
    ...{ id, kind: run.kind, subject: run.subject, name: run.name, state: "queued" },
    idempotency_key: run.key ?? id,
    event: run.event === undefined ? PARENTS_EVENT : jsonText(run.event, "the input of a run", maxInputBytes),
    started_by: JSON.stringify(run.trigger),
    event_id: run.eventId ?? null,
    parent: run.parent ?? null,
    step: run.step ?? null,
    definition: text(run.definition),
    timeout_ms: run.timeoutMs,
    retry: run.retry,
    depth: run.depth ?? 0,
    ...{ attempts: 0, failures: 0, losses: 0, output: null, error_code: null, error_message: null },
    created_at: now,
    ...{ first_at: null, started_at: null, ended_at: null, lease: null, is_cancelled: 0 },
    due_at: run.dueAt ?? now,
  };
}

/** @throws XqbusError `xqbus:limit-exceeded`, `xqbus:illegal-argument` */
export function jsonText(value: unknown, what: string, maxBytes: number): string {
  let text: string;
  try {
    text = JSON.stringify(value ?? null);
  } catch (cause) {
    throw new XqbusError("xqbus:illegal-argument", `${what} cannot be written as JSON`, { cause });
  }
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxBytes) return text;
  throw new XqbusError("xqbus:limit-exceeded", `${what} has ${bytes} bytes of JSON; at most ${maxBytes} are kept`);
}

/** What is kept of an error. */
export function errorCells({ code, message }: RunError): Pick<RunRow, "error_code" | "error_message"> {
  return { error_code: code.slice(0, 100), error_message: boundedLine(message, MAX_MESSAGE) };
}

/** The error of a run or an attempt. */
export function errorOf(row: Pick<RunRow, "error_code" | "error_message">): RunError | undefined {
  return row.error_code === null ? undefined : { code: row.error_code, message: row.error_message ?? "" };
}

const MAX_MESSAGE = 4000;
