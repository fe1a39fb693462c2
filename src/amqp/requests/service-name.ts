import { XqbusError } from "../../errors.ts";

const SERVICE_NAME = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/u;
const MAX_SERVICE_LENGTH = 100;

/** @throws XqbusError `xqbus:illegal-argument` */
export function assertServiceName(service: unknown): asserts service is string {
  if (typeof service === "string" && service.length <= MAX_SERVICE_LENGTH && SERVICE_NAME.test(service)) return;
  throw new XqbusError(
    "xqbus:illegal-argument",
    `the name of a service must be words of letters, digits, "_" and "-" with dots between, ${MAX_SERVICE_LENGTH} characters at most`,
  );
}
