import { ask } from "../worker/index.ts";
import type { Events } from "./events.ts";

/** What tasklets ask the process of the consumer for. */
export const PUBLISH_SERVICE = "events.publish";

/** What a tasklet publishes events with; the consumer sends them. Elsewhere use {@link eventsOf}. */
export const events: Pick<Events, "publish"> = Object.freeze({
  publish: async (routingKey: string, tagString: string) => {
    await ask(PUBLISH_SERVICE, { routingKey, tagString });
  },
});
