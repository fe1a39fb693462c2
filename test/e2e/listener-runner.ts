/**
 * Listeners in a process of their own, until it is killed: they tell the parent of each notification, and refuse each third one. Arguments:
 * URL, folder. Listeners are made when the folder has none.
 */
import { openListeners, type NotifierType } from "../../src/listener/index.ts";
import { loadCatalog } from "../../src/schema/index.ts";

const [url = "", folder = ""] = process.argv.slice(2);
let calls = 0;

const type: NotifierType = {
  id: "parent",
  summary: "Tells the parent process.",
  fields: [],
  check: (config) => config,
  show: () => [],
  open: async () => ({
    notify: async ({ listener, delivery, id, attempt }) => {
      process.send?.({ listener, delivery, id, attempt });
      await new Promise((resolve) => setTimeout(resolve, 2));
      if (calls++ % 3 === 0) throw new Error("not this time");
      return { status: 200 };
    },
    close: async () => undefined,
  }),
};

const listeners = await openListeners({
  ...{ url, folder, catalog: await loadCatalog(), notifierTypes: [type] },
  settings: { messaging: {}, network: { allow: [] }, commands: [] },
  breakerFailures: 1000,
});
await listeners.start();
while (listeners.list().length < 2) {
  await listeners.create({ notifier: "parent", config: {}, eventTypes: ["NodeLeave"], retry: "forever schedule 50ms" });
}
process.send?.("ready");
setInterval(() => {
  const waiting = listeners.list().reduce((sum, { counts }) => sum + counts.waiting, 0);
  if (waiting === 0) process.send?.("idle");
}, 50);
