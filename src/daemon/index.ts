export { readQueuePoliciesFile } from "./queue-policies-file.ts";
export { readRulesFile } from "./rules-file.ts";
export { deleteUser, exists, putUser, readUsersFile, unknownUser } from "./users-file.ts";
export type { FileUsers } from "./users-file.ts";
export { validateAtTheDoor } from "./validate-at-the-door.ts";
export type { DoorOptions } from "./validate-at-the-door.ts";
export { watchFiles } from "./watch-files.ts";
export type { WatchFilesOptions } from "./watch-files.ts";
