/**
 * A service with two methods. Start it twice, and the calls are divided.
 *
 *     npx tsx examples/rpc/server.ts [URL]
 */
import { serveMethods, ServiceError, type CallContext } from "xqbus";

const url = process.argv[2] ?? process.env["XQBUS_URL"] ?? "amqp://admin:secret@localhost/org.clacks";

const methods = {
  add: (a: number, b: number): number => a + b,

  /** The call is the method's `this`: who calls, and until when the caller waits. */
  divide(this: CallContext, a: number, b: number): number {
    if (b === 0) throw new ServiceError(`${this.user ?? "somebody"} divides by zero`, { code: "calculator:zero" });
    return a / b;
  },
};

/** What clients are typed by. */
export type Calculator = typeof methods;

await using service = await serveMethods(url, "calculator", methods);
console.log("serving");

// Ctrl-C: what runs is finished and answered.
await new Promise((resolve) => process.once("SIGINT", resolve));
await service.close();
console.log(`${service.counts.called} calls`);
