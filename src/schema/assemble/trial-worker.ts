/** A thread that compiles a schema and ends: to find out whether that takes too long. {@link tryInThread} starts it. */
import { parentPort, workerData } from "node:worker_threads";
import { invariant } from "../../errors.ts";
import { Libxml2 } from "../engine/libxml2.ts";
import type { Assembly } from "./assemble.ts";

const { documents, entry } = workerData as Pick<Assembly, "documents" | "entry">;
invariant(parentPort !== null, "this file is started as a worker only");

const engine = await Libxml2.load({ maxErrors: 1 });
engine.compile(documents, entry);
parentPort.postMessage("ended");
