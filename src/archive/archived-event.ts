import type { FilterMessage } from "../filter/index.ts";

/** An event as an archive has it. Times are ms since 1970. */
export interface ArchivedEvent {
  /** Its place in the archive: later events have higher numbers. */
  readonly number: number;
  /** The message id; undefined where the sender gave none. */
  readonly id: string | undefined;
  /** The type by the word that people used for it when it was archived. */
  readonly type: string;
  /** Local name and namespace of the event element. */
  readonly name: string;
  readonly namespace: string;
  /** Paths of what was sensitive in events of its kind when it was archived; undefined: nobody knows. */
  readonly sensitive: readonly string[] | undefined;
  /** Empty where the message had none. */
  readonly routingKey: string;
  /** CloudEvents' `source`. */
  readonly source: string | undefined;
  /** When it was sent as the sender says, but not later than it came. */
  readonly time: number;
  readonly archivedAt: number;
  /** The sender's user, where the broker vouches for it. */
  readonly principal: string | undefined;
  /** What filters may ask of the message that carried it. */
  readonly message: FilterMessage;
  readonly groupId: string | undefined;
  /** Bytes of the document. */
  readonly size: number;
  /** In UTF-8, as it came. */
  readonly document: Uint8Array;
}
