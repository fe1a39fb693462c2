import { describe, expect, it } from "vitest";
import { runningExamples } from "./running-examples.ts";

describe("the examples of services", () => {
  const { run, url } = runningExamples();

  it("call methods of a service in another process", async () => {
    const server = run("rpc/server.ts", [url()]);
    await server.prints("serving\n");
    expect(await run("rpc/client.ts", [url()]).ends()).toEqual({
      code: 0,
      stdout: "add divide getMethods\n1 + 2 = 3\ncalculator:zero: calculator.divide: admin divides by zero\n",
      stderr: "",
    });
    server.interrupt();
    expect(await server.ends()).toEqual({ code: 0, stdout: "serving\n3 calls\n", stderr: "" });
  });

  it("tell one another of events and ask one another for resources, in two processes", async () => {
    const env = { STAGING_NAME: "test", BROKER_URL: url() };
    const billing = run("order-service/billing.ts", [], { ...env, SERVICE_NAME: "billing" });
    await billing.prints("listening\n");
    const orders = run("order-service/orders.ts", [], { ...env, SERVICE_NAME: "orders" });
    await orders.prints("told the others\n");
    await billing.prints("IGNORED");
    billing.interrupt();
    expect(await billing.ends()).toEqual({
      code: 0,
      stdout: [
        "listening",
        "MICROSERVICE_EVENT::PROCESSED: Received [order_created:7f1c] event for object (Order:23131024) and user 42",
        "Order name: Ten pencils, 12.50 to pay",
        '404: there is no Order with the id "4711"',
        "MICROSERVICE_EVENT::IGNORED: Received [order_lost:7f1c] event for object (Order:1) and user 42",
        "2 events",
        "",
      ].join("\n"),
      stderr: "",
    });
    orders.interrupt();
    expect(await orders.ends()).toEqual({
      code: 0,
      stdout: "serving orders\ntold the others\n2 questions\n",
      stderr: "",
    });
  });
});
