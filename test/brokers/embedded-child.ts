/** The embedded broker in a process of its own, on the port and the folder that it is told; it says when it is ready. */
import { startBroker } from "../../src/broker/index.ts";

const [port, folder] = process.argv.slice(2);
await startBroker({
  ...{ users: { admin: "secret" }, port: Number(port), maxConnections: 1000 },
  ...(folder === undefined ? {} : { store: { folder } }),
});
process.send?.("ready");
// Whoever started it is gone.
process.on("disconnect", () => process.exit());
