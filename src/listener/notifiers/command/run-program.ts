import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { AnswerBeginning } from "../excerpt.ts";

/** Between the request to end and the end by force, in milliseconds. */
const GRACE_MS = 2_000;

/** What a program gets beside its arguments. */
export interface ProgramInput {
  readonly input: Uint8Array;
  /** All of its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** When it is aborted, the program and all that it has started are ended. */
  readonly signal: AbortSignal;
}

/** How a program ended; `failure`: it did not even begin. */
export interface ProgramEnd {
  readonly exitCode: number | undefined;
  readonly killedBy: NodeJS.Signals | undefined;
  readonly failure: Error | undefined;
  /** The beginning of what it said, on both outputs. */
  readonly excerpt: string | undefined;
}

/** Runs a program without a shell, in a process group of its own, and waits for its end; what it left running does not count. Never rejects. */
export function runProgram(
  program: string,
  args: readonly string[],
  { input, environment, signal }: ProgramInput,
): Promise<ProgramEnd> {
  const said = new AnswerBeginning();
  return new Promise<ProgramEnd>((resolve) => {
    // Without a file descriptor that is free there are no pipes: it has failed then, and says so in its event "error".
    const child: ChildProcess = spawn(program, [...args], {
      cwd: "/",
      env: { ...environment },
      detached: true,
      shell: false,
    });
    const stopKilling = killWith(child, signal);
    const end = (failure: Error | undefined, exitCode: number | null, killedBy: NodeJS.Signals | null): void => {
      stopKilling();
      // Whoever it left behind may hold the other ends for ever.
      for (const pipe of [child.stdout, child.stderr, child.stdin]) pipe?.destroy();
      resolve({ exitCode: exitCode ?? undefined, killedBy: killedBy ?? undefined, failure, excerpt: said.excerpt });
    };
    child.on("error", (error) => end(error, null, null));
    child.on("exit", (exitCode, killedBy) => void drained(child).then(() => end(undefined, exitCode, killedBy)));
    // It need not read all of its input.
    child.stdin?.on("error", () => undefined);
    for (const output of [child.stdout, child.stderr]) output?.on("data", (piece: Buffer) => said.add(piece));
    child.stdin?.end(input);
  }).catch((failure: Error) => ({ exitCode: undefined, killedBy: undefined, failure, excerpt: undefined }));
}

/** What the program wrote before it ended is in the pipes, and comes in the turns after. */
async function drained({ stdout, stderr }: ChildProcess): Promise<void> {
  for (let turn = 0; turn < 10 && !(stdout?.readableEnded === true && stderr?.readableEnded === true); turn++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Ends the process group when the signal says so. @returns no more of it */
function killWith(child: ChildProcess, signal: AbortSignal): () => void {
  let force: NodeJS.Timeout | undefined;
  const kill = (): void => {
    signalGroup(child, "SIGTERM");
    force = setTimeout(() => signalGroup(child, "SIGKILL"), GRACE_MS);
  };
  if (signal.aborted) kill();
  else signal.addEventListener("abort", kill, { once: true });
  return () => {
    signal.removeEventListener("abort", kill);
    clearTimeout(force);
    // The program has obeyed; those that it had started need not have.
    if (force !== undefined) signalGroup(child, "SIGKILL");
  };
}

function signalGroup({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch {
    // All of them have ended.
  }
}
