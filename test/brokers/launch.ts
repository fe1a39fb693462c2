import type { ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { CommandLine } from "./broker-process.ts";
import { brokerFolder, discardFolder, endProcess, hasEnded, startProcess } from "./broker-process.ts";
import { freePort } from "./free-port.ts";
import type { Endpoint } from "./readiness.ts";
import { loginProblem } from "./readiness.ts";
import type { BrokerAddresses, BrokerOptions, Product, RunningBroker } from "./running-broker.ts";
import { ADMIN, DOMAIN } from "./running-broker.ts";

const START_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 15_000;
const POLL_MS = 50;
const LOG_LINES_IN_ERRORS = 40;

/** Where one broker runs: decided once, the same for every start of it. */
export interface Place {
  /** Absolute path of the working directory. */
  readonly directory: string;
  readonly port: number;
  /** Present when the broker was asked for with a certificate. */
  readonly tlsPort?: number;
}

/** What the common part must know about a product. */
export interface LaunchPlan {
  readonly product: Product;
  readonly addresses: BrokerAddresses;
  /** Writes the configuration into the working directory and gives the program and its arguments. Called once per broker. */
  readonly prepare: (place: Place) => Promise<CommandLine>;
}

/**
 * Starts a broker on 127.0.0.1 and waits until one can log in on each of its ports.
 *
 * Throws with the last lines of the broker's log when it ends or is not ready in time.
 */
export async function launch(plan: LaunchPlan, options: BrokerOptions = {}): Promise<RunningBroker> {
  const { startTimeoutMs = START_TIMEOUT_MS, stopTimeoutMs = STOP_TIMEOUT_MS } = options;
  const directory = await brokerFolder(plan.product, options.directory);
  try {
    const place: Place = {
      directory,
      port: options.port ?? (await freePort()),
      ...(options.tls && { tlsPort: options.tlsPort ?? (await freePort()) }),
    };
    const command = await plan.prepare(place);
    const control: Control = {
      start: async () =>
        options.sharedStore === undefined
          ? startBroker(plan.product, command, place, startTimeoutMs)
          : startProcess(command, directory, logFileOf(place)).child,
      end: (child, signal) => endProcess(child, signal, stopTimeoutMs),
    };
    return runningBroker(plan, place, await control.start(), control);
  } catch (error) {
    await discardFolder(directory);
    throw error;
  }
}

/** How a running broker is started again and ended. */
interface Control {
  readonly start: () => Promise<ChildProcess>;
  readonly end: (child: ChildProcess, signal: "SIGTERM" | "SIGKILL") => Promise<void>;
}

function runningBroker(plan: LaunchPlan, place: Place, first: ChildProcess, { start, end }: Control): RunningBroker {
  let child = first;
  let stopped: Promise<void> | undefined;
  let turn: Promise<void> = Promise.resolve();
  // One after the other: a stop during a restart must find the new process.
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const result = turn.then(work);
    turn = result.catch(() => {});
    return result;
  };
  const stop = (): Promise<void> =>
    (stopped ??= inTurn(async () => {
      await end(child, "SIGTERM");
      await discardFolder(place.directory);
    }));
  return {
    product: plan.product,
    url: busUrl("amqp", place.port),
    ...(place.tlsPort !== undefined && { amqpsUrl: busUrl("amqps", place.tlsPort) }),
    addresses: plan.addresses,
    directory: place.directory,
    get pid() {
      return child.pid ?? 0;
    },
    stop,
    kill: () => inTurn(() => end(child, "SIGKILL")),
    restart: async () => {
      if (stopped) throw new Error(`${plan.product} was stopped for good; what restart() can follow is kill()`);
      await inTurn(async () => {
        await end(child, "SIGTERM");
        child = await start();
      });
    },
    [Symbol.asyncDispose]: stop,
  };
}

function logFileOf({ directory }: Place): string {
  return join(directory, "broker.log");
}

/** Starts the process and waits for the first login on each port. */
async function startBroker(
  product: Product,
  command: CommandLine,
  place: Place,
  timeoutMs: number,
): Promise<ChildProcess> {
  const logFile = logFileOf(place);
  const { child, failure } = startProcess(command, place.directory, logFile);
  const problem = await Promise.race([failure, startProblem(child, place, timeoutMs)]);
  if (problem === undefined) return child;
  await endProcess(child, "SIGKILL", timeoutMs);
  const lines = (await readFile(logFile, "utf8")).trimEnd().split("\n").slice(-LOG_LINES_IN_ERRORS);
  throw new Error(`${product} did not start: ${problem}. The end of its log:\n${lines.join("\n")}`);
}

/** Nothing as soon as all ports of the broker take a login; otherwise why that did not happen. */
async function startProblem(child: ChildProcess, place: Place, timeoutMs: number): Promise<string | undefined> {
  const deadline = Date.now() + timeoutMs;
  const ended = (): string => `the process ended with ${child.exitCode ?? child.signalCode ?? "no status"}`;
  for (const endpoint of endpoints(place)) {
    let problem = await loginProblem(endpoint, ADMIN);
    while (problem !== undefined) {
      if (hasEnded(child)) return ended();
      if (Date.now() > deadline) return `port ${endpoint.port} took no login within ${timeoutMs} ms (${problem})`;
      await sleep(POLL_MS);
      problem = await loginProblem(endpoint, ADMIN);
    }
  }
  // When our process is gone, it was another one that answered on the port.
  return hasEnded(child) ? ended() : undefined;
}

function endpoints({ port, tlsPort }: Place): readonly Endpoint[] {
  return [{ port, secure: false }, ...(tlsPort === undefined ? [] : [{ port: tlsPort, secure: true }])];
}

function busUrl(scheme: "amqp" | "amqps", port: number): string {
  return `${scheme}://${ADMIN.name}:${ADMIN.password}@127.0.0.1:${port}/${DOMAIN}`;
}
