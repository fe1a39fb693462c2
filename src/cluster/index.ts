export { Cluster } from "./cluster.ts";
export type { ClusterOptions } from "./cluster-options.ts";
export type { LeasedWork } from "./leases.ts";
export { SLOTS } from "./member.ts";
export type { LivingMember } from "./member.ts";
export { preferredMember } from "./preferred-member.ts";
export { CLUSTER_MIGRATIONS } from "./tables.ts";
export type { ClusterTables } from "./tables.ts";
export { assertNobodyServes, CLUSTER_SCHEMA } from "./assert-nobody-serves.ts";
