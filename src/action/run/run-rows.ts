import { XqbusError } from "../../errors.ts";
import { boundedLine } from "../../subscription/index.ts";
import type { NewRun, Run, RunError } from "./run.ts";
import type { RunRow } from "./tables.ts";

/** The run of a row. */
export function runOf(row: RunRow): Run {
  return {
    ...{ id: row.id, kind: row.kind, subject: row.subject, name: row.name, state: row.state },
    key: row.idempotency_key,
    event: JSON.parse(row.event) as Run["event"],
    trigger: JSON.parse(row.started_by) as Run["trigger"],
    eventId: row.event_id ?? undefined,
    parent: row.parent ?? undefined,
    step: row.step ?? undefined,
    definition: row.definition === null ? undefined : (JSON.parse(row.definition) as unknown),
    timeoutMs: row.timeout_ms,
    retry: row.retry,
    ...{ depth: row.depth, attempts: row.attempts, failures: row.failures, losses: row.losses },
    output: row.output === null ? undefined : (JSON.parse(row.output) as unknown),
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
export function rowOf(id: string, run: NewRun, now: number, maxInputBytes: number): RunRow {
  const text = (value: unknown): string | null =>
    value === undefined ? null : jsonText(value, "the definition", maxInputBytes);
  return {
    ...{ id, kind: run.kind, subject: run.subject, name: run.name, state: "queued" },
    idempotency_key: run.key ?? id,
    event: jsonText(run.event, "the input of a run", maxInputBytes),
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
