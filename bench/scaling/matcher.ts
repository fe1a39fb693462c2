/** A matcher process: a router as a daemon has it, and nothing else. */
import type { Router } from "../../src/router/index.ts";
import { xqbus } from "../compiled-package.ts";
import { answerWith } from "../child.ts";
import { router as compiled } from "./compiled-router.ts";
import type { MatcherAnswer, MatcherRequest } from "./protocol.ts";

/** Several brokers start on few cores. */
const CONNECT = { timeoutMs: 120_000 };
/** A busy machine is no reason to put copies aside. */
const SEND_TIMEOUT_MS = 120_000;

let router: Router | undefined;

answerWith<MatcherRequest, MatcherAnswer>(async (request) => {
  if (request.kind === "open") {
    const { url, subscription } = request;
    const database = await compiled.openRouterDatabase(request.database);
    const catalog = await xqbus.loadCatalog();
    const onProblem = ({ message }: Error): void => console.error(message);
    const patience = { sendTimeoutMs: SEND_TIMEOUT_MS, creditTimeoutMs: SEND_TIMEOUT_MS };
    router = new compiled.Router({ url, connect: CONNECT, catalog, database, subscription, ...patience, onProblem });
    await router.start();
  }
  const { forwarded = 0, routes = 0 } = router?.counts ?? {};
  return { user: process.cpuUsage().user, forwarded, routes };
});
