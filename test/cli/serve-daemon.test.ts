import { describe, expect, it } from "vitest";
import { run, Running } from "./harness.ts";

describe("serve with a daemon", () => {
  it("tells a person where bus and API are, and logs lines", async () => {
    const command = new Running(["serve", "--http", "0", "--http-auth", "none", "--port", "0"]);
    await command.prints("stderr", "the daemon runs");
    command.interrupt();
    const { code, stdout, stderr } = await command.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^bus: {2}amqp:\/\/admin:[\w-]+@127\.0\.0\.1:\d+\/org\.clacks\nHTTP: http:\/\/127\.0\.0\.1:\d+\n$/,
    );
    expect(stderr).toMatch(
      /(?:^|\n)Ctrl-C ends; everything is kept in a folder that goes when it ends; --data DIR keeps it\n/,
    );
    expect(stderr).toMatch(/in another shell: export XQBUS_HTTP=http:\/\/127\.0\.0\.1:\d+\n/);
    expect(stderr).toMatch(/\n\S+Z info {2}the daemon has ended\n$/);
    const [, password = "?"] = /admin:([^@]+)@/.exec(stdout) ?? [];
    expect(stderr).not.toContain(password);
  });

  it("shows the first API key, where nothing keeps it", async () => {
    const command = new Running(["serve", "--http", "0", "--port", "0", "--json"]);
    await command.prints("stdout", "\n");
    command.interrupt();
    await command.ended;
    expect(JSON.parse(command.stdout)).toMatchObject({
      data: null,
      login: { http: { key: expect.any(String) as unknown, secret: expect.any(String) as unknown } },
    });
  });

  it("refuses what would let everybody in, and options that do not go together", async () => {
    const open = await run(["serve", "--http", "0", "--http-auth", "none"], { env: { XQBUS_HTTP__HOST: "0.0.0.0" } });
    expect(open).toEqual({
      code: 1,
      stdout: "",
      stderr:
        'xqbus: --http-auth: http.auth is "none" and http.host is "0.0.0.0": everybody could do everything; expected "keys", or 127.0.0.1\n',
    });
    const alone = await run(["serve", "--http-auth", "none"]);
    expect(alone).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--http-auth needs --http or --config") as unknown,
    });
    const how = await run(["serve", "--http", "0", "--http-auth", "open"]);
    expect(how).toMatchObject({ code: 2, stdout: "" });
  });
});
