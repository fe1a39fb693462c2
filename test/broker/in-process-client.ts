import { connectInProcess } from "../../src/amqp/in-process-hosts.ts";
import { parseBusUrl } from "../../src/amqp/url.ts";
import { RheaClient } from "./rhea-client.ts";

/** A rhea client of a test bus. */
export function connectToBus(url: string, options: Readonly<Record<string, unknown>> = {}): Promise<RheaClient> {
  const stream = connectInProcess(parseBusUrl(url));
  return RheaClient.connect(url, {
    ...options,
    connection_details: () => ({
      host: "in-process",
      port: 0,
      connect: (_port: number, _host: string, _options: unknown, connected: () => void) => {
        process.nextTick(connected);
        return stream;
      },
    }),
  });
}
