/** `xqbus/testing`: a bus in one process for unit tests. Not part of the entry `xqbus`: programs do not need it. */
export type * from "../testing/index.ts";
export { ExpectationError, createTestBus } from "../testing/index.ts";
