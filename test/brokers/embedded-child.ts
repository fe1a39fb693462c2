/** The embedded broker in a process of its own, on the port that it is told; it says when it is ready. */
import { startBroker } from "../../src/broker/index.ts";

await startBroker({ users: { admin: "secret" }, port: Number(process.argv[2]) });
process.send?.("ready");
