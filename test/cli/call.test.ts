import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBroker, type Broker } from "../../src/broker/index.ts";
import { serveMethods, ServiceError, type MethodService } from "../../src/service/index.ts";
import { run, Running } from "./harness.ts";

const methods = {
  add: (a: number, b: number): number => a + b,
  kinds: (...args: readonly unknown[]): string => args.map((each) => typeof each).join(" "),
  echo: (value: unknown): unknown => value,
  colour: (): string => "\u001b[31mred",
  fail: (): never => {
    throw new ServiceError("no such account", { rpcCode: 17, code: "bank:no-account", data: { id: 4 } });
  },
  wait: (): Promise<never> => new Promise(() => undefined),
};

describe("xqbus call", () => {
  let broker: Broker;
  let service: MethodService;
  let url: string;

  beforeAll(async () => {
    broker = await startBroker({ users: { admin: "secret" } });
    url = broker.url("admin");
    service = await serveMethods(url, "core", methods);
  });

  afterAll(async () => {
    await service.close({ timeoutMs: 50 });
    await broker.close();
  });

  it.each<[readonly string[], string]>([
    [["add", "1", "2"], "3\n"],
    [["kinds", "1", '"1"', "abc", "true", "[1]", "-1", "1e"], "number string string boolean object number string\n"],
    [["echo", '{"a":[1]}'], '{\n  "a": [\n    1\n  ]\n}\n'],
    [["echo", '{"a":[1]}', "--json"], '{"result":{"a":[1]}}\n'],
    [["echo", "text", "--json"], '{"result":"text"}\n'],
    [["echo"], "null\n"],
    [["colour"], "\\u{1b}[31mred\n"],
    [["getMethods", "--json"], '{"result":["add","colour","echo","fail","getMethods","kinds","wait"]}\n'],
  ])("%j prints the result", async (args, stdout) => {
    // What begins with a dash is an option unless it stands behind --.
    const [method = "", ...rest] = args;
    const options = rest.filter((each) => each === "--json");
    const given = rest.filter((each) => each !== "--json");
    expect(await run(["call", ...options, "core", method, "--", ...given], { env: { XQBUS_URL: url } })).toEqual({
      code: 0,
      stdout,
      stderr: "",
    });
  });

  it("tells what the service has against it", async () => {
    expect(await run(["call", "--url", url, "core", "fail"])).toEqual({
      code: 1,
      stdout: "",
      stderr: "xqbus: core.fail: no such account\n",
    });
    const { code, stderr } = await run(["call", "--url", url, "core", "fail", "--json"]);
    expect([code, JSON.parse(stderr)]).toEqual([
      1,
      { error: { code: "bank:no-account", message: "core.fail: no such account", rpcCode: 17, data: { id: 4 } } },
    ]);
    expect(await run(["call", "--url", url, "core", "sub", "1"])).toMatchObject({
      code: 1,
      stderr: 'xqbus: core.sub: the service core has no method "sub"; getMethods names them\n',
    });
  });

  it("ends with its time limit and with Ctrl-C", async () => {
    expect(await run(["call", "--url", url, "core", "wait", "--timeout", "0.3"])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^xqbus: the call of core\.wait did not end within 300 ms/u) as string,
    });
    const running = new Running(["call", "--url", url, "core", "wait"]);
    running.interrupt();
    expect(await running.ended).toMatchObject({ code: 1, stdout: "" });
  });

  it.each([
    [["call", "core"], 2],
    [["call"], 2],
    [["call", "core", "add", "--what"], 2],
    [["call", "core", "add"], 1],
    [["call", "no/name", "add", "--url", "amqp://localhost"], 1],
  ])("%j is refused with exit code %d", async (args, code) => {
    const outcome = await run(args);
    expect([outcome.code, outcome.stdout]).toEqual([code, ""]);
    expect(outcome.stderr).toMatch(/^xqbus: /u);
  });

  it("shows examples in its help", async () => {
    const { code, stdout } = await run(["call", "--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain("xqbus call core add 1 2 --json --timeout 5");
  });
});
