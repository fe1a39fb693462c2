/**
 * A microservice that writes a bill for every new order. It asks the service that has the orders for what the event does not tell.
 *
 *     SERVICE_NAME=billing STAGING_NAME=development BROKER_URL=amqp://admin:secret@localhost \
 *       npx tsx examples/order-service/billing.ts
 */
import { getEventClient, listenMicroserviceEvents, ResourceNotFoundError } from "xqbus";

interface Order {
  readonly name: string;
  readonly amount: number;
}

await using client = getEventClient();
await using consumer = await listenMicroserviceEvents({
  logger: console,
  handlers: {
    async order_created({ resource_id = "" }) {
      const order = await client.getRemoteResource<Order>("Order", resource_id);
      console.log(`Order name: ${order.name}, ${order.amount.toFixed(2)} to pay`);
      await client.getRemoteResource("Order", "4711").catch((error: unknown) => {
        if (!(error instanceof ResourceNotFoundError)) throw error;
        console.log(`${error.status}: ${error.message}`);
      });
    },
  },
});
console.log("listening");

await new Promise((resolve) => process.once("SIGINT", resolve));
console.log(`${consumer.counts.matched} events`);
