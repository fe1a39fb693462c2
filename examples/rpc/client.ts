/**
 * Calls the service of server.ts. The methods are known by their type only: nothing of the server is loaded.
 *
 *     npx tsx examples/rpc/client.ts [URL]
 */
import { AMQPServiceProxy, ServiceError } from "xqbus";
import type { Calculator } from "./server.ts";

const url = process.argv[2] ?? process.env["XQBUS_URL"] ?? "amqp://admin:secret@localhost/org.clacks";

await using calculator = new AMQPServiceProxy<Calculator>(url, { service: "calculator" });

console.log((await calculator.getMethods()).join(" "));
console.log(`1 + 2 = ${await calculator.add(1, 2)}`);

try {
  await calculator.divide(1, 0);
} catch (error) {
  if (!(error instanceof ServiceError)) throw error;
  console.log(`${error.code}: ${error.message}`);
}
