import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { NotifyError } from "../../../src/listener/index.ts";
import type { Notifier } from "../../../src/listener/index.ts";
import { commandNotifier } from "../../../src/listener/notifiers/command.ts";
import { afterTest, contextOf, noEnd, notificationOf, SECRET_VALUE, until } from "./fixtures.ts";
import { notifierSuite } from "./notifier-suite.ts";

/** Runs `script` by sh, in a folder that is its first argument. */
interface Program {
  readonly path: string;
  readonly folder: string;
  readonly remove: () => void;
}

function program(script: string): Program {
  const folder = mkdtempSync(join(tmpdir(), "xqbus-command-"));
  const path = join(folder, "program");
  writeFileSync(path, `#!/bin/sh\ncd ${folder}\n${script}\n`);
  chmodSync(path, 0o755);
  return { path, folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

async function notifier({ path, remove }: Program, more: object = {}): Promise<Notifier> {
  afterTest(remove);
  const context = await contextOf({ commands: [path] });
  const opened = await commandNotifier.open(commandNotifier.check({ program: path, ...more }, context), context);
  afterTest(() => opened.close());
  return opened;
}

async function failure(script: string, more: object = {}, signal: AbortSignal = noEnd()): Promise<NotifyError> {
  const error: unknown = await (await notifier(program(script), more)).notify(notificationOf(), signal).catch((e: unknown) => e); // prettier-ignore
  expect(error).toBeInstanceOf(NotifyError);
  return error as NotifyError;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // One that nobody has waited for is dead.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

function pidIn(file: string): number {
  return existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
}

const ALLOWED_RULE =
  "field program of the command listener must be one of commands in [listener] of the configuration (it names /bin/true)";

notifierSuite(commandNotifier, {
  start: () => {
    const { path, folder, remove } = program(`
      [ -f failing ] && exit 1
      echo $$ > run.$XQBUS_EVENT_ID
      [ -f hanging ] && sleep 1000
      cat > told.$$ && [ "$XQBUS_TEST" = true ] && touch test.$$
      rm run.$XQBUS_EVENT_ID
      exit 0`);
    const named = (start: string): readonly string[] => readdirSync(folder).filter((name) => name.startsWith(start));
    return Promise.resolve({
      config: { program: path },
      settings: { commands: [path] },
      told: () =>
        named("told.").map((name) => ({
          text: readFileSync(join(folder, name), "utf8"),
          isTest: existsSync(join(folder, name.replace("told", "test"))),
        })),
      fail: (isFailing) =>
        isFailing ? writeFileSync(join(folder, "failing"), "") : rmSync(join(folder, "failing")),
      hang: () => writeFileSync(join(folder, "hanging"), ""),
      held: () => named("run.").filter((name) => isAlive(pidIn(join(folder, name)))).length,
      stop: remove,
    });
  },
  masked: { mask: true },
  bad: [
    [{ program: "true" }, 'field program of the command listener must be an absolute path, got "true"'],
    [{ args: ["a\0b"] }, "field args of the command listener must be without NUL characters"],
    [{ permanentExitCodes: ["75"] }, 'field permanentExitCodes of the command listener must be numbers from 1 to 255 other than 75, got "75"'],
    [{ permanentExitCodes: ["0"] }, 'field permanentExitCodes of the command listener must be numbers from 1 to 255 other than 75, got "0"'],
    [{ permanentExitCodes: ["256"] }, 'field permanentExitCodes of the command listener must be numbers from 1 to 255 other than 75, got "256"'],
  ],
}); // prettier-ignore

describe("a program of a command listener", () => {
  it("gets the event on its standard input, its arguments as they are, and a small environment", async () => {
    const to = program('cat > input\nprintf "%s\\n" "$@" > args\nenv | sort > environment');
    process.env["XQBUS_TEST_PASSWORD"] = "of the daemon";
    afterTest(() => delete process.env["XQBUS_TEST_PASSWORD"]);
    const args = ["$(id)", "; touch here", "two words", '"'];
    const opened = await notifier(to, { args });
    const notification = notificationOf("rosa", { id: "a b\0", attempt: 3, traceparent: "00-1", isTest: true });
    expect(await opened.notify(notification, noEnd())).toEqual({ status: 0, excerpt: undefined });
    const read = (name: string): string => readFileSync(join(to.folder, name), "utf8");
    expect(JSON.parse(read("input"))).toMatchObject({ event_type: "user.login", payload: { User: "rosa" } });
    expect(read("args")).toBe(args.map((argument) => `${argument}\n`).join(""));
    expect(existsSync(join(to.folder, "here"))).toBe(false);
    // Shells add these by themselves.
    const own = ["PWD", "OLDPWD", "SHLVL", "_"];
    const environment = read("environment").trim().split("\n").filter((line) => !own.includes(line.split("=")[0] ?? "")); // prettier-ignore
    expect(environment).toEqual([
      "LANG=C.UTF-8",
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      "TRACEPARENT=00-1",
      "XQBUS_ATTEMPT=3",
      "XQBUS_DELIVERY=delivery-rosa",
      "XQBUS_EVENT_ID=a%20b%00",
      "XQBUS_EVENT_TYPE=user.login",
      "XQBUS_TEST=true",
    ]);
  });

  it("may get XML", async () => {
    const to = program("cat > input");
    await (await notifier(to, { format: "xml" })).notify(notificationOf(), noEnd());
    expect(readFileSync(join(to.folder, "input"), "utf8")).toBe(notificationOf().event.toString());
  });

  it("takes the event with exit code 0, and what it says is kept", async () => {
    const opened = await notifier(program("cat > /dev/null; echo out; echo err >&2"));
    const { status, excerpt } = await opened.notify(notificationOf(), noEnd());
    expect(status).toBe(0);
    expect(excerpt?.split(" ").sort()).toEqual(["err", "out"]);
  });

  it("need not read its input", async () => {
    const user = "x".repeat(1_000_000);
    expect(
      await (await notifier(program("exit 0"))).notify(notificationOf(user, { id: "1", delivery: "1" }), noEnd()),
    ).toMatchObject({
      status: 0,
    });
  });

  it("may say as much as it likes; its beginning is kept", async () => {
    const opened = await notifier(program("head -c 3000000 /dev/zero | tr '\\0' x"));
    expect(await opened.notify(notificationOf(), noEnd())).toEqual({ status: 0, excerpt: "x".repeat(4_096) });
  });

  it.each([
    [1, ["65"], false],
    [65, ["65", "77"], true],
    [77, ["65", "77"], true],
    [75, ["65"], false],
    [65, undefined, false],
  ])("does not take it with exit code %i; with permanent ones %j, for ever: %s", async (code, codes, isPermanent) => {
    const error = await failure(`echo no; exit ${code}`, codes === undefined ? {} : { permanentExitCodes: codes });
    expect(error).toMatchObject({ code: "xqbus:notify-failed", status: code, excerpt: "no", isPermanent });
    expect(error.message).toMatch(new RegExp(`^running /.*/program failed: exit code ${code}$`));
    expect(error.message).not.toContain(SECRET_VALUE);
  });

  it("does not take it when it is killed", async () => {
    const error = await failure("kill -9 $$");
    expect(error).toMatchObject({ status: undefined, isPermanent: false });
    expect(error.message).toContain("it was ended by SIGKILL");
  });

  it("that left something running has ended", async () => {
    const to = program("sleep 1000 & echo $! > child; echo done");
    expect(await (await notifier(to)).notify(notificationOf(), noEnd())).toEqual({ status: 0, excerpt: "done" });
    process.kill(pidIn(join(to.folder, "child")));
  });

  it.each([
    ["", "ends when its time is over, with all that it has started"],
    ["trap '' TERM", "is killed when it does not end"],
    ["trap 'exit 1' TERM\n(trap '' TERM; sleep 1000)&", "ends, and what it has started and does not end is killed"],
  ])("%s: %s", async (trap) => {
    const start = trap.endsWith("&") ? trap : `${trap}\nsleep 1000 &`;
    const to = program(`${start} echo $! > child; echo $$ > own\nwhile true; do sleep 0.05; done`);
    const ending = new AbortController();
    const failed = (await notifier(to)).notify(notificationOf(), ending.signal).catch((error: unknown) => error);
    const pids = (): readonly number[] => ["child", "own"].map((name) => pidIn(join(to.folder, name)));
    await until(() => expect(Math.min(...pids())).toBeGreaterThan(0));
    const [child = 0, own = 0] = pids();
    ending.abort(new DOMException("late", "TimeoutError"));
    expect(await failed).toMatchObject({ code: "xqbus:timeout" });
    await until(() => expect([isAlive(child), isAlive(own)]).toEqual([false, false]));
  });

  it("may end before its listener has closed", async () => {
    const to = program("touch begun\nsleep 0.3\ntouch done");
    const opened = await notifier(to);
    const told = opened.notify(notificationOf(), noEnd());
    await until(() => expect(existsSync(join(to.folder, "begun"))).toBe(true));
    await opened.close();
    expect(existsSync(join(to.folder, "done"))).toBe(true);
    expect(await told).toMatchObject({ status: 0 });
  });

  it("that is gone is tried again", async () => {
    const to = program("exit 0");
    const opened = await notifier(to);
    rmSync(to.path);
    const error: unknown = await opened.notify(notificationOf(), noEnd()).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "xqbus:notify-failed", isPermanent: false });
    expect((error as Error).message).toContain("ENOENT");
  });

  it("is tried again when the daemon has no file descriptor for it, and the daemon goes on", () => {
    const module = join(import.meta.dirname, "../../../dist/listener/notifiers/command/run-program.js");
    const script = `
      const { openSync } = await import("node:fs");
      const { runProgram } = await import(${JSON.stringify(module)});
      const run = () => runProgram("/bin/true", [], { input: Buffer.from("x"), environment: {}, signal: new AbortController().signal });
      const { failure } = await run();
      try { while (true) openSync("/dev/null"); } catch {}
      const ends = [await run(), await run()].map((end) => end.failure?.code);
      setTimeout(() => console.log(String(failure), ends.join(" ")), 50);`;
    const limited = `ulimit -n 64; exec ${JSON.stringify(process.execPath)} --input-type=module -e "$SCRIPT"`;
    const other = spawnSync("sh", ["-c", limited], { encoding: "utf8", env: { SCRIPT: script } });
    expect(other).toMatchObject({ stdout: "undefined EMFILE EMFILE\n", stderr: "" });
  });
});

describe("a command listener cannot be opened", () => {
  it("with a program that the settings do not name any more", async () => {
    const to = program("exit 0");
    afterTest(to.remove);
    const config = commandNotifier.check({ program: to.path }, await contextOf({ commands: [to.path] }));
    const context = await contextOf({ commands: ["/bin/true"] });
    await expect((async () => commandNotifier.open(config, context))()).rejects.toMatchObject({
      code: "xqbus:illegal-argument",
      message: `${ALLOWED_RULE}, got ${JSON.stringify(shortened(to.path))}`,
    });
    for (const other of ["/bin/../bin/true", "/bin/true/../sh", "/bin/truee", "/bin/tru", "/bin/true ", "/bin/TRUE"]) {
      expect(() => commandNotifier.check({ program: other }, context)).toThrow(`${ALLOWED_RULE}, got "${other}"`);
    }
  });

  it("with a program that cannot be run", async () => {
    const to = program("exit 0");
    chmodSync(to.path, 0o600);
    await expect(notifier(to)).rejects.toMatchObject({
      code: "xqbus:unreadable",
      message: `the program ${to.path} cannot be run by this user`,
    });
  });
});

/** As long texts are shown in messages. */
function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
