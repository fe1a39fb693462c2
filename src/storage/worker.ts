/** The thread that has the file open; {@link startWorker} starts it. */
import { parentPort, workerData } from "node:worker_threads";
import { invariant } from "../errors.ts";
import { chooseDriver } from "./choose-driver.ts";
import { storageError } from "./storage-error.ts";
import { StorageSession } from "./storage-session.ts";
import type { StorageSetup } from "./storage-setup.ts";
import type { StorageAnswer, StorageRequest } from "./worker-messages.ts";

const setup = workerData as StorageSetup;
const port = parentPort;
invariant(port !== null, "this file is started as a worker only");

try {
  const session = new StorageSession(setup, chooseDriver());
  port.on("message", (request: StorageRequest) => {
    if (request.kind === "part") return session.take(request);
    port.postMessage(session.answer(request));
    if (request.kind === "close") return port.close();
    session.tidy();
  });
  port.postMessage({ id: 0 } satisfies StorageAnswer);
} catch (error) {
  const { code, message } = storageError(error, setup.path);
  port.postMessage({ id: 0, error: { code, message } } satisfies StorageAnswer);
}
