export { Access } from "./access.ts";
export type { AccessOptions } from "./access.ts";
export type { AuditNote } from "./access-book.ts";
export { assertScopes, EVENT_SCOPES, Grants, SCOPES } from "./scopes.ts";
export type { EventScope, Scope } from "./scopes.ts";
export { ACCESS_TABLES } from "./shared-access-book.ts";
