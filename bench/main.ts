/**
 * What things cost, always in relation to something else in the same run:
 *
 *     npm run bench -- NAME|all [--json] [--rounds N] [--events N]
 */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { environment, formatEnvironment } from "./environment.ts";
import type { BenchmarkOptions, Report } from "./report.ts";
import { formatReport } from "./table.ts";

type Run = (options: BenchmarkOptions) => Report | Promise<Report>;

/** Loaded only when asked for, so that no benchmark has to wait for the packages of another. */
const BENCHMARKS: Readonly<Record<string, () => Promise<{ readonly run: Run }>>> = {
  maker: () => import("./maker.ts"),
  parse: () => import("./parse.ts"),
  validate: () => import("./validate.ts"),
  reload: () => import("./reload.ts"),
  filter: () => import("./filter.ts"),
  "filter-check": () => import("./filter-check.ts"),
  "filter-peers": () => import("./filter-peers.ts"),
  selector: () => import("./selector.ts"),
  broker: () => import("./broker/broker.ts"),
  store: () => import("./store/store.ts"),
  clacks: () => import("./clacks/clacks.ts"),
  faults: () => import("./faults.ts"),
  archive: () => import("./archive/archive.ts"),
  webhooks: () => import("./webhooks/webhooks.ts"),
  scaling: () => import("./scaling/scaling.ts"),
  "send-receive": () => import("./send-receive/send-receive.ts"),
};

const NAMES = Object.keys(BENCHMARKS);

const USAGE = `usage: npm run bench -- NAME [--json] [--rounds N] [--events N]
  NAME        ${NAMES.join(", ")}, or all
  --json      the results as JSON
  --rounds N  rounds that count (default: 21; broker and store: 7; send-receive: 15; clacks: 3; scaling: 5); kills and cuts of faults (default: 3)
  --events N  events of one round of broker (default: 20000), send-receive (default: 5000), scaling (default: 2000) and clacks (default: 4000)`;

interface Command {
  readonly names: readonly string[];
  readonly json: boolean;
  readonly options: BenchmarkOptions;
}

/** @throws Error with a sentence for the user */
function parseCommand(args: readonly string[]): Command {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: "boolean", default: false }, rounds: { type: "string" }, events: { type: "string" } },
  });
  const [name, ...rest] = positionals;
  if (name === undefined || rest.length > 0) throw new Error("give the name of one benchmark, or all");
  if (name !== "all" && !NAMES.includes(name)) throw new Error(`there is no benchmark "${name}"`);
  return {
    names: name === "all" ? NAMES : [name],
    json: values.json,
    options: { ...countOption("rounds", values.rounds), ...countOption("events", values.events) },
  };
}

function countOption<K extends string>(name: K, text: string | undefined): { readonly [P in K]?: number } {
  if (text === undefined) return {};
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${name} is a whole number from 1, not "${text}"`);
  return { [name]: Number(text) } as { readonly [P in K]?: number };
}

async function runOne(name: string, { json, options }: Command): Promise<void> {
  const machine = environment();
  const report = await BENCHMARKS[name]?.().then(({ run }) => run(options));
  if (report === undefined) return;
  console.log(
    json
      ? JSON.stringify({ benchmark: name, ...machine, ...report }, null, 2)
      : `## ${name}\n\n${formatEnvironment(machine)}\n\n${formatReport(report)}`,
  );
}

/** Each in a process of its own: what one leaves to the compiler and the heap must not cost the next. */
function runAll({ names, json }: Command, args: readonly string[]): void {
  const options = args.filter((arg) => arg !== "all" && arg !== "--json");
  const outputs = names.map((name) => {
    const child = spawnSync(
      process.execPath,
      [...process.execArgv, import.meta.filename, name, ...(json ? ["--json"] : []), ...options],
      { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
    );
    if (child.status !== 0) throw new Error(`the benchmark ${name} failed`);
    if (!json) console.log(child.stdout);
    return child.stdout;
  });
  if (json)
    console.log(
      JSON.stringify(
        outputs.map((text) => JSON.parse(text) as unknown),
        null,
        2,
      ),
    );
}

async function main(args: readonly string[]): Promise<void> {
  let command: Command;
  try {
    command = parseCommand(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  const [only, ...others] = command.names;
  if (only !== undefined && others.length === 0) await runOne(only, command);
  else runAll(command, args);
}

await main(process.argv.slice(2));
