export { chooseDriver } from "./choose-driver.ts";
export type { SqlConnection, SqlDriver, SqlRow, SqlStatement, SqlValue } from "./driver.ts";
export { StorageReader } from "./storage-reader.ts";
export type { StorageThread } from "./start-worker.ts";
export { StorageSession } from "./storage-session.ts";
export type { StorageSetup } from "./storage-setup.ts";
export { Storage } from "./storage.ts";
export type { StorageOptions } from "./storage.ts";
export type { SqlWrite, StorageAnswer, StorageQuestion, StorageRequest } from "./worker-messages.ts";
