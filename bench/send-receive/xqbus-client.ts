import { xqbus } from "../compiled-package.ts";
import { phoneStatus } from "../phone-status.ts";
import { SEED_QUERY } from "../seed-query.ts";
import { PREFETCH, WINDOW } from "./client.ts";
import type { BenchClient } from "./client.ts";
import { Countdown } from "./countdown.ts";

/** The whole way: make, validate and send; receive, parse and filter with the seed's query. */
export const xqbusClient: BenchClient = {
  openSender: async (url) => {
    const catalog = await xqbus.loadCatalog();
    const e = new xqbus.EventMaker(catalog);
    const publisher = await xqbus.EventPublisher.open(url, { catalog });
    const sendOne = (index: number): Promise<void> => {
      const { callerId, receiverId, status } = phoneStatus(index);
      return publisher.sendEvent(
        e.Event(e.PhoneStatus(e.CallerId(callerId), e.ReceiverId(receiverId), e.Status(status))),
      );
    };
    return {
      send: async (count) => {
        let next = 0;
        const lane = async (): Promise<void> => {
          while (next < count) await sendOne(next++);
        };
        await Promise.all(Array.from({ length: WINDOW }, lane));
      },
      close: async () => {
        await publisher.close();
        catalog.close();
      },
    };
  },

  openReceiver: async (url) => {
    const matched = new Countdown();
    const consumer = await xqbus.AMQPEventConsumer.open(url, {
      xquery: SEED_QUERY,
      prefetch: PREFETCH,
      callback: matched.count,
    });
    return { receive: (count) => matched.wait(count), close: () => consumer.close() };
  },
};
