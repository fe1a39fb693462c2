import { expect, it } from "vitest";
import { isTraceparent } from "../../src/telemetry/index.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";

it.each<[unknown, boolean]>([
  [`00-${TRACE}-${PARENT}-01`, true],
  [`01-${TRACE}-${PARENT}-00`, true],
  [`00-${TRACE}-${PARENT}-01-more`, false],
  [`ff-${TRACE}-${PARENT}-01`, false],
  [`00-${"0".repeat(32)}-${PARENT}-01`, false],
  [`00-${TRACE}-${"0".repeat(16)}-01`, false],
  [`00-${TRACE.toUpperCase()}-${PARENT}-01`, false],
  [`00-${TRACE}-${PARENT}`, false],
  ["", false],
  [undefined, false],
  [1, false],
])("%s is worth handing on: %s", (value, is) => {
  expect(isTraceparent(value)).toBe(is);
});
