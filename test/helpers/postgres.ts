import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../brokers/free-port.ts";
import { requirement, sharedFolder, type Requirement } from "./requirements.ts";

const SCRIPT = "postgres/pg-tmp.sh";

/** PostgreSQL's programs, and the script that starts one for a test. */
export const POSTGRES: Requirement = requirement("PostgreSQL", () => {
  const shared = sharedFolder();
  if (shared === undefined)
    return "the folder ../shared was not found (put it beside the checkout or set XQBUS_SHARED)";
  const found = spawnSync("bash", ["-c", "ls -d ${PGBIN:-/usr/lib/postgresql/*/bin}/initdb"], { stdio: "ignore" });
  return found.status === 0 ? undefined : "initdb was not found (install postgresql-15, or set PGBIN)";
});

/** A PostgreSQL of one test file: loopback only, empty, without durability. */
export class TestPostgres implements Disposable {
  readonly url: string;
  readonly #folder: string;

  private constructor(url: string, folder: string) {
    this.url = url;
    this.#folder = folder;
  }

  static async start(): Promise<TestPostgres> {
    // The server runs as a user of its own, who must be able to come here.
    const folder = mkdtempSync(join(tmpdir(), "xqbus-pg-"));
    return new TestPostgres(run("start", folder, await freePort()).trim(), folder);
  }

  /** A new database of it. @param options durable: what was committed outlives a {@link kill} at any time */
  newDatabase(name: string, { isDurable = false }: { readonly isDurable?: boolean } = {}): string {
    this.#psql(`CREATE DATABASE "${name}"`);
    if (isDurable) this.#psql(`ALTER DATABASE "${name}" SET synchronous_commit = on`);
    return this.url.replace(/[^/]*$/, name);
  }

  /** Ends the server at once, as a crash would; {@link restart} starts it again with what was committed until now. */
  kill(): void {
    // It runs without flushes: a crash would forget what was committed last.
    this.#psql("CHECKPOINT");
    run("stop", this.#folder);
  }

  restart(): void {
    const port = new URL(this.url).port;
    const options = `-c listen_addresses=127.0.0.1 -p ${port} -k ${this.#folder} -c fsync=off`;
    const start = `"$(ls -d \${PGBIN:-/usr/lib/postgresql/*/bin} | sort -V | tail -1)/pg_ctl" -D data -w -l pg.log -o "${options}" start`;
    const asRoot = process.getuid?.() === 0;
    const command = asRoot ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] : [];
    const [program = "bash", ...args] = [...command, "bash", "-c", start];
    const { status, error } = spawnSync(program, args, { cwd: this.#folder, stdio: "ignore" });
    if (status !== 0) throw new Error(`PostgreSQL did not start again (${status})`, { cause: error });
  }

  #psql(statement: string): void {
    const args = ["-h", "127.0.0.1", "-p", new URL(this.url).port, "-U", "postgres", "-qc", statement, "postgres"];
    const { status, stderr } = spawnSync("psql", args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`psql: ${stderr}`);
  }

  [Symbol.dispose](): void {
    run("stop", this.#folder);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function run(verb: "start" | "stop", folder: string, port?: number): string {
  const script = join(sharedFolder() ?? "", SCRIPT);
  const env = { ...process.env, ...(port === undefined ? {} : { PGPORT: String(port) }) };
  const { status, stdout, stderr } = spawnSync("bash", [script, verb, folder], { encoding: "utf8", env });
  if (verb === "start" && status !== 0) throw new Error(`PostgreSQL did not start: ${stderr}`);
  return stdout;
}
