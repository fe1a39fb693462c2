/**
 * What a test may need and a machine may lack: Java, Maven, openssl, the folder with shared measurements and data.
 *
 * A suite that needs one of them is written with {@link describeWith}. Where the thing is missing, the suite is skipped and one
 * line on stderr says what was skipped and how to get it. With `XQBUS_REQUIRE_ALL=1` the suite fails with that line instead, so
 * that a continuous integration never passes by skipping.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { describe, it } from "vitest";
import { chooseDriver } from "../../src/storage/index.ts";

/** The environment variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A thing outside this repository that some tests need. */
export interface Requirement {
  /** What is skipped without it, in a reader's words: "real brokers". */
  readonly name: string;
  /** Nothing when the thing is there; otherwise what was not found, and in parentheses how to get it. Asked once per process. */
  readonly missing: () => string | undefined;
}

/** The two programs of a Java development kit, as paths or as names to be found on PATH. */
export interface JavaTools {
  readonly java: string;
  readonly javac: string;
}

const OLDEST_JAVA = 17;
/** A mark of a run that began longer ago, in ms, is that of another process with the same number. */
const LONGEST_RUN_MS = 3_600_000;
const CHECKOUT = resolve(import.meta.dirname, "../..");

/** Makes a requirement whose probe runs at most once per process, and only when a suite asks for it. */
export function requirement(name: string, probe: () => string | undefined): Requirement {
  let answer: { readonly missing: string | undefined } | undefined;
  return { name, missing: () => (answer ??= { missing: probe() }).missing };
}

/** The folder with shared measurements and data: `$XQBUS_SHARED`, else `../shared` beside the checkout; undefined when there is none. */
export function sharedFolder(env: Environment = process.env): string | undefined {
  const folder = resolve(CHECKOUT, env["XQBUS_SHARED"] || "../shared");
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? folder : undefined;
}

/** `java` and `javac` of version 17 or later, from `$JAVA_HOME/bin` or else from PATH; undefined when there is no such pair. */
export function findJava(env: Environment = process.env): JavaTools | undefined {
  const home = env["JAVA_HOME"];
  const candidates = [...(home ? [join(home, "bin")] : []), ...(env["PATH"] ?? "").split(delimiter).filter(Boolean)];
  return candidates
    .map((folder) => ({ java: join(folder, "java"), javac: join(folder, "javac") }))
    .filter((tools) =>
      Object.values(tools).every((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true),
    )
    .find((tools) => Object.values(tools).every((file) => javaVersion(file, env) >= OLDEST_JAVA));
}

/** Whether a Java development kit of version 17 or later is there. */
export function hasJava(env: Environment = process.env): boolean {
  return findJava(env) !== undefined;
}

/** Whether Maven is on PATH. */
export function hasMaven(env: Environment = process.env): boolean {
  return runs("mvn", ["--version"], env);
}

/** Whether the program openssl is on PATH. */
export function hasOpenssl(env: Environment = process.env): boolean {
  return runs("openssl", ["version"], env);
}

/** Java 17 with its compiler, for the real brokers. */
export const JAVA: Requirement = requirement("real brokers", () =>
  hasJava() ? undefined : `Java ${OLDEST_JAVA} was not found (install openjdk-17-jdk-headless and maven)`,
);

/** Maven, which fetches the real brokers. */
export const MAVEN: Requirement = requirement("real brokers", () =>
  hasMaven() ? undefined : "Maven was not found (install maven)",
);

/** Debian's package of RabbitMQ, which is unpacked and not installed. */
export const RABBITMQ: Requirement = requirement("RabbitMQ", () =>
  runs("apt-cache", ["show", "rabbitmq-server"], process.env) && runs("dpkg-deb", ["--version"], process.env)
    ? undefined
    : "apt offers no package rabbitmq-server (run apt-get update on Debian or Ubuntu)",
);

/** What the oracle Saxon-HE needs: Java 17 with its compiler, and Maven. */
export const SAXON: Requirement = requirement("comparison with Saxon", () =>
  hasJava() && hasMaven()
    ? undefined
    : `Java ${OLDEST_JAVA} or Maven was not found (install openjdk-17-jdk-headless and maven)`,
);

/** SQLite: Node.js 22.13 or later, or better-sqlite3 with its native half. */
export const SQLITE: Requirement = requirement("storage on disk", () => {
  try {
    chooseDriver();
    return undefined;
  } catch {
    return "neither node:sqlite nor better-sqlite3 loads (use Node.js 22.13, or run npm rebuild better-sqlite3)";
  }
});

/** strace, which shows whether the disk is flushed. */
export const STRACE: Requirement = requirement("system calls", () =>
  runs("strace", ["-o", "/dev/null", "true"], process.env)
    ? undefined
    : "strace was not found or may not trace (install strace)",
);

/** Schemathesis, which asks the HTTP API for what its OpenAPI document allows, and for what it does not. */
export const SCHEMATHESIS: Requirement = requirement("Schemathesis on the HTTP API", () =>
  runs("schemathesis", ["--version"], process.env)
    ? undefined
    : "schemathesis was not found on PATH (run pip install schemathesis)",
);

/** curl, which the samples of actions are written for. */
export const CURL: Requirement = requirement("curl", () =>
  runs("curl", ["--version"], process.env) ? undefined : "curl was not found on PATH (install curl)",
);

/** Python with its package requests, likewise. */
export const PYTHON_REQUESTS: Requirement = requirement("Python requests", () =>
  runs("python3", ["-c", "import requests"], process.env)
    ? undefined
    : "python3 with its package requests was not found (install python3 and run pip install requests)",
);

/** openssl, which makes the certificates of TLS tests. */
export const OPENSSL: Requirement = requirement("TLS certificates", () =>
  hasOpenssl() ? undefined : "openssl was not found (install openssl)",
);

/** The folder with shared measurements and data. */
export const SHARED_FOLDER: Requirement = requirement("shared data", () =>
  sharedFolder() === undefined
    ? "the folder ../shared was not found (put it beside the checkout or set XQBUS_SHARED)"
    : undefined,
);

/** The parts of vitest and of the process that {@link describeWith} uses; tests of itself give their own. */
export interface Surroundings {
  readonly describe: {
    (title: string, suite: () => void): unknown;
    readonly skip: (title: string, suite: () => void) => unknown;
  };
  readonly it: (title: string, test: () => void) => unknown;
  readonly env: Environment;
  /** Gets each line once, however many suites and test files need the same missing thing. */
  readonly report: (line: string) => void;
}

/**
 * A suite that needs things which the machine may lack.
 *
 * All there: the suite as with `describe`. Something missing: the suite is skipped and its body is not even collected, because it
 * may read what is missing. With `XQBUS_REQUIRE_ALL=1`: one failing test with the same lines.
 */
export function describeWith(
  requirements: readonly Requirement[],
  title: string,
  suite: () => void,
  surroundings: Surroundings = VITEST,
): void {
  const lines = requirements.flatMap((needed) => {
    const missing = needed.missing();
    return missing === undefined ? [] : [`skipped: ${needed.name} — ${missing}`];
  });
  if (lines.length === 0) {
    surroundings.describe(title, suite);
  } else if (surroundings.env["XQBUS_REQUIRE_ALL"] === "1") {
    surroundings.describe(title, () => {
      surroundings.it("has everything it needs", () => {
        throw new Error(lines.join("\n"));
      });
    });
  } else {
    lines.forEach(surroundings.report);
    surroundings.describe.skip(title, () => {
      surroundings.it(lines.join("; "), () => {});
    });
  }
}

const VITEST: Surroundings = { describe, it, env: process.env, report: reportOncePerRun };

/**
 * Writes the line to stderr unless this run of vitest has shown it. Each test file has a process of its own, so that the memory is
 * a file named after their common parent.
 */
function reportOncePerRun(line: string): void {
  const hash = createHash("sha256").update(line).digest("hex").slice(0, 12);
  const mark = join(tmpdir(), `xqbus-skipped-${process.ppid}-${hash}`);
  const shown = statSync(mark, { throwIfNoEntry: false })?.mtimeMs;
  if (shown !== undefined && Date.now() - shown > LONGEST_RUN_MS) rmSync(mark, { force: true });
  try {
    writeFileSync(mark, `${line}\n`, { flag: "wx" });
  } catch {
    return;
  }
  process.stderr.write(`${line}\n`);
}

/** The major version that a program of the Java development kit reports (`openjdk version "17.0.15"`, `javac 21`); 0 when it does not run. */
function javaVersion(program: string, env: Environment): number {
  const { status, stdout, stderr } = spawnSync(program, ["-version"], {
    env: { ...env },
    encoding: "utf8",
    timeout: 30_000,
  });
  return status === 0 ? Number(/(?:version "|javac )(\d+)/.exec(stdout + stderr)?.[1] ?? 0) : 0;
}

/** Whether the program can be started and ends well. */
function runs(program: string, args: readonly string[], env: Environment): boolean {
  return spawnSync(program, args, { env: { ...env }, stdio: "ignore", timeout: 30_000 }).status === 0;
}
