import type { XmlLimits } from "../../xml/index.ts";
import type { ValidationProblem } from "../problems/validation-problem.ts";
import type { SchemaSnapshot } from "./schema-snapshot.ts";

/** What the worker begins with. */
export interface WorkerSetup {
  readonly snapshot: SchemaSnapshot;
  readonly namespace: string;
  readonly limits: Partial<XmlLimits>;
  readonly maxProblems: number;
}

/** A document on its way to the worker. */
export interface DocumentMessage {
  readonly input: Uint8Array | string;
  /** Whether the light tree was built of this text before: its limits do not apply a second time. */
  readonly isAccepted: boolean;
}

/** The answer to one document; one comes for each, in their order. */
export interface AnswerMessage {
  readonly problems: readonly ValidationProblem[];
}
