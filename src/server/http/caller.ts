import { Grants } from "../access/index.ts";

/** Who sent a request. */
export interface Caller {
  /** Id of an API key; `local` without authentication; empty when nobody has logged in. */
  readonly id: string;
  readonly grants: Grants;
}

/** Everybody on this machine, where there is no authentication. */
export const LOCAL: Caller = { id: "local", grants: new Grants(["admin"]) };

/** Somebody who has not logged in. */
export const ANONYMOUS: Caller = { id: "", grants: new Grants([]) };
