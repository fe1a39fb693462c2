/** The thread that validates large documents; {@link startWorker} starts it. */
import { parentPort, workerData } from "node:worker_threads";
import { invariant } from "../../errors.ts";
import { parseXml } from "../../xml/index.ts";
import { resolveCatalogOptions } from "../catalog-options.ts";
import { SpareEngine } from "../engine/spare-engine.ts";
import { Generation } from "../generation.ts";
import { restoreSchema } from "./schema-snapshot.ts";
import type { AnswerMessage, DocumentMessage, WorkerSetup } from "./worker-messages.ts";

const { snapshot, namespace, limits, maxProblems } = workerData as WorkerSetup;
const port = parentPort;
invariant(port !== null, "this file is started as a worker only");

const engines = new SpareEngine(maxProblems);
const engine = await engines.start();
const errors = engine.compile(snapshot.documents, snapshot.entry);
invariant(errors.length === 0, `the schema does not compile again: ${errors[0]?.message ?? ""}`);
const options = resolveCatalogOptions({ namespace, limits, maxProblems });
const generation = new Generation(restoreSchema(snapshot), engine, engines, options);

port.on("message", ({ input, isAccepted }: DocumentMessage) => {
  const document = isAccepted ? parseXml(input, { limits: ACCEPTED }) : input;
  const answer: AnswerMessage = { problems: generation.validate(document) };
  port.postMessage(answer);
});

const ACCEPTED = { maxBytes: Infinity, maxDepth: Infinity, maxAttributes: Infinity, maxNameLength: Infinity };
