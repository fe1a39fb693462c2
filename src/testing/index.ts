export { createTestBus } from "./create-test-bus.ts";
export { ExpectationError } from "./expectation-error.ts";
export type { TestBus } from "./test-bus.ts";
export type { ExpectOptions, TestBusOptions } from "./test-bus-options.ts";
