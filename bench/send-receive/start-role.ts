import { join } from "node:path";
import { Child } from "../child.ts";
import type { Answer, Request, Role } from "./protocol.ts";

/** A process of its own in one role. */
export type RoleProcess = Child<Request, Answer>;

const LIMIT_MS = 120_000;

/** Starts a process in one role. */
export function startRole(role: Role): RoleProcess {
  return new Child({ program: join(import.meta.dirname, "worker.ts"), args: [role], limitMs: LIMIT_MS });
}
