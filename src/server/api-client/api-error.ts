import { XqbusError } from "../../errors.ts";

/** One thing that is wrong in a request, a document or a filter, as the answer said it. */
export interface ApiProblem {
  readonly code?: string;
  readonly message: string;
  readonly path?: string;
  readonly line?: number;
  readonly column?: number;
  readonly severity?: "error" | "warning";
}

/** What the HTTP API refused, with the code and the sentence of the error there. */
export class ApiError extends XqbusError {
  /** Of HTTP. */
  readonly status: number;
  /** Everything that is wrong, where there is a list. */
  readonly problems: readonly ApiProblem[];

  constructor(code: string, message: string, status: number, problems: readonly ApiProblem[] = []) {
    super(code, message);
    this.status = status;
    this.problems = problems;
  }
}
