import type { Done, Place, QueueDefinition, StoredQueue } from "./message-store.ts";
import type { BadRow } from "./read-rows.ts";

/** A lane's rows behind `after` up to `last`. */
export interface LaneRange {
  readonly queue: StoredQueue;
  readonly priority: number;
  readonly after: number;
  readonly last: number;
}

/** One thing that the store was asked to write; it is done whole or not at all. */
export type StoreRequest =
  | { readonly kind: "save"; readonly queue: StoredQueue; readonly definition: QueueDefinition; readonly done: Done }
  | { readonly kind: "remove-queue"; readonly queue: StoredQueue }
  | { readonly kind: "add"; readonly bytes: Buffer; readonly places: readonly Place[]; readonly done: Done }
  | {
      readonly kind: "replace";
      readonly old: Place;
      readonly bytes: Buffer;
      readonly places: readonly Place[];
      readonly done: Done;
    }
  | { readonly kind: "remove"; readonly place: Place }
  | { readonly kind: "remove-range"; readonly range: LaneRange; readonly messages: number }
  | { readonly kind: "count"; readonly place: Place }
  | { readonly kind: "set-aside"; readonly row: BadRow };

/** Whether it may be refused when there is no room. What is not refused waits. */
export function mayBeRefused({ kind }: StoreRequest): boolean {
  return kind === "add" || kind === "save";
}

/** Bytes that it adds. */
export function sizeOf(request: StoreRequest): number {
  return request.kind === "add" || request.kind === "replace" ? request.bytes.length : 0;
}

/** Tells whoever asked what became of it. */
export function tell(request: StoreRequest, error: Parameters<Done>[0]): void {
  if ("done" in request) request.done(error);
}
