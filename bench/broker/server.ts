import { xqbus } from "../compiled-package.ts";

/** The embedded broker in a process of its own: tells its URL, then its user CPU time whenever it is asked. */
const broker = await xqbus.startBroker({ users: { admin: "secret" }, maxQueueMessages: 1_000_000 });

process.on("message", () => process.send?.({ user: process.cpuUsage().user }));
process.on("disconnect", () => process.exit());
process.send?.({ url: broker.url() });
