/**
 * A microservice that has orders. It answers questions for them, and tells the others of a new one.
 *
 *     SERVICE_NAME=orders STAGING_NAME=development BROKER_URL=amqp://admin:secret@localhost \
 *       npx tsx examples/order-service/orders.ts
 */
import { getEventClient, serveResource } from "xqbus";

const orders = new Map([["23131024", { name: "Ten pencils", amount: 12.5 }]]);

await using resource = await serveResource("Order", (id) => orders.get(id));
console.log("serving orders");

await using client = getEventClient();
const fields = { task_id: "7f1c", resource_type: "Order", user_id: 42 };
await client.emit("order_created", { ...fields, resource_id: "23131024" });
await client.emit("order_lost", { ...fields, resource_id: "1" });
console.log("told the others");

await new Promise((resolve) => process.once("SIGINT", resolve));
console.log(`${resource.counts.called} questions`);
