import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeCertificates } from "../helpers/certificates.ts";
import type { Certificates } from "../helpers/certificates.ts";
import { RheaClient } from "../broker/rhea-client.ts";
import type { Answer } from "../broker/rhea-client.ts";
import { event, eventXsd } from "../schema/harness.ts";
import { run, Running } from "./harness.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "xqbus-cli-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

const COMPLETE = ["--set", "CallerId=1", "--set", "ReceiverId=2", "--set", "Status=busy"];

interface Announcement {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly pid: number;
}

/** Serves on a free port while `use` runs, then ends it the way Ctrl-C does; gives what it wrote to standard error. */
async function serving(args: readonly string[], use: (announced: Announcement) => Promise<void>): Promise<string> {
  const command = new Running(["serve", "--port", "0", "--json", ...args]);
  await command.prints("stdout", "\n");
  try {
    await use(JSON.parse(command.stdout) as Announcement);
  } finally {
    command.interrupt();
  }
  const { code, stderr } = await command.ended;
  expect(code).toBe(0);
  return stderr;
}

/** The same where nothing is worth a word. */
async function servingSilently(...[args, use]: Parameters<typeof serving>): Promise<void> {
  expect(await serving(args, use)).toBe("");
}

describe("serve", () => {
  it("prints a URL that works as it is and listens on this machine only", async () => {
    await servingSilently([], async ({ url, host, port, pid }) => {
      expect({ host, pid }).toEqual({ host: "127.0.0.1", pid: process.pid });
      expect(url).toMatch(new RegExp(`^amqp://admin:[\\w-]{20,}@127\\.0\\.0\\.1:${port}/org\\.clacks$`));
      expect((await run(["send", "PhoneStatus", ...COMPLETE, "--url", url])).code).toBe(0);
    });
  });

  it("tells a person the URL, how to use it, and at the end what happened", async () => {
    const command = new Running(["serve", "--port", "0"]);
    await command.prints("stderr", "\n");
    command.interrupt();
    const { code, stdout, stderr } = await command.ended;
    expect(code).toBe(0);
    const url = /^listening on 127\.0\.0\.1:\d+ \(Ctrl-C ends; messages are kept in memory\)\nURL: (\S+)\n$/.exec(
      stdout,
    )?.[1];
    expect(stderr).toBe(`in another shell: export XQBUS_URL='${url}'\nended after 0 messages in, 0 out\n`);
  });

  it("lets the users of --user in and does not print their passwords", async () => {
    await servingSilently(["--user", "ada:s:e/c@ret", "--user", "bob:other"], async ({ url, port }) => {
      expect(url).toBe(`amqp://ada:***@127.0.0.1:${port}/org.clacks`);
      for (const user of ["ada:s%3Ae%2Fc%40ret", "bob:other"]) {
        const args = ["send", "PhoneStatus", ...COMPLETE, "--url", `amqp://${user}@127.0.0.1:${port}/d`];
        expect(await run(args)).toMatchObject({ code: 0, stderr: "" });
      }
    });
  });

  it("names the port that is in use", async () => {
    await servingSilently([], async ({ port }) => {
      expect(await run(["serve", "--port", String(port)])).toEqual({
        code: 1,
        stdout: "",
        stderr:
          `xqbus: port ${port} of 127.0.0.1 is in use; ` +
          "end the process that listens there, or choose another port (0 takes a free one)\n",
      });
    });
  });
});

describe("serve, validating at the door,", () => {
  const invalid = '<Event xmlns="http://www.gonicus.de/Events"><PhoneStatus/></Event>';

  /** Sends with a client that does not validate itself. */
  async function answerTo(url: string, body: string): Promise<Answer> {
    const client = await RheaClient.connect(url);
    const answer = await (await client.sender("org.clacks")).send(body);
    await client.close();
    return answer;
  }

  it("refuses what is no valid event, and says so without its content", async () => {
    const stderr = await serving([], async ({ url }) => {
      expect(await answerTo(url, invalid)).toMatchObject({
        outcome: "rejected",
        error: {
          condition: "xqbus:invalid-event",
          description: expect.stringMatching(/^the event is not valid: line 1: /) as string,
        },
      });
    });
    expect(JSON.parse(stderr)).toEqual({
      warning: {
        level: "warning",
        code: "xqbus:invalid-event",
        message: 'user "admin": a message was rejected',
        peer: expect.stringMatching(/^127\.0\.0\.1 \d+$/) as string,
        suppressed: 0,
      },
    });
  });

  it("takes every message when that is asked for", async () => {
    await servingSilently(["--no-validate"], async ({ url }) => {
      expect(await answerTo(url, invalid)).toEqual({ outcome: "accepted" });
    });
  });

  it("follows the schemas of a folder as they change, and says so", async () => {
    const schemas = mkdtempSync(join(folder, "schemas-"));
    writeFileSync(join(schemas, "Door.xsd"), eventXsd("Door"));
    const command = new Running(["serve", "--port", "0", "--json", "--schemas", schemas]);
    await command.prints("stdout", "\n");
    const { url } = JSON.parse(command.stdout) as Announcement;
    expect(await answerTo(url, event("<Bell><Id>1</Id></Bell>"))).toMatchObject({ outcome: "rejected" });
    writeFileSync(join(schemas, "Broken.xsd"), "<");
    await command.prints("stderr", "Broken.xsd");
    writeFileSync(join(schemas, "Bell.xsd"), eventXsd("Bell"));
    while ((await answerTo(url, event("<Bell><Id>1</Id></Bell>"))).outcome !== "accepted");
    command.interrupt();
    expect((await command.ended).code).toBe(0);
  });
});

describe("serve --data", () => {
  it("shows the password of a new folder once and keeps its hash, and lets one broker at a time use the folder", async () => {
    const data = join(folder, "data");
    let before = "";
    await servingSilently(["--data", data], async ({ url }) => {
      before = url;
      expect(await run(["serve", "--port", "0", "--data", data])).toEqual({
        code: 1,
        stdout: "",
        stderr:
          `xqbus: the folder ${data} is used by process ${process.pid}; end it or name another folder ` +
          `(if that is no xqbus, remove ${join(data, "serve.pid")})\n`,
      });
      expect(readFileSync(join(data, "serve.pid"), "utf8").split(" ")[0]).toBe(String(process.pid));
    });
    expect(readdirSync(data).sort()).toEqual(["messages.db", "users.json"]);
    const password = passwordOf(before);
    expect(password).toMatch(/^[\w-]{24}$/);
    expect(readFileSync(join(data, "users.json"), "utf8")).not.toContain(password);
    await servingSilently(["--data", data], async ({ url }) => {
      expect(passwordOf(url)).toBe("***");
      expect((await run(["send", "PhoneStatus", ...COMPLETE, "--url", url.replace("***", password)])).code).toBe(0);
    });
  });

  it.each(["", "not a number", "999999999"])("takes over the folder of a process that is gone (%j)", async (pid) => {
    const data = mkdtempSync(join(folder, "stale-"));
    writeFileSync(join(data, "serve.pid"), pid);
    await servingSilently(["--data", data], async () => undefined);
  });

  it.each(["{", "[]", "{}", '{"users":{}}', "null"])("does not start with damaged users: %s", async (users) => {
    const data = mkdtempSync(join(folder, "damaged-"));
    writeFileSync(join(data, "users.json"), users);
    const { code, stdout, stderr } = await run(["serve", "--port", "0", "--data", data]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /^xqbus: (\S+users\.json (is not JSON|has no users that can be used: .*)|\S+users\.json has no users; add one with xqbus user add)\n$/,
    );
    expect(readdirSync(data).filter((name) => name !== "messages.db")).toEqual(["users.json"]);
  });

  it("creates the last folder of the path only, and refuses a file", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    for (const [path, reason] of [
      [join(folder, "no", "such"), "there is no such file or folder"],
      [file, "a part of the path is not a folder"],
    ] as const) {
      expect(await run(["serve", "--port", "0", "--data", path])).toEqual({
        code: 1,
        stdout: "",
        stderr: `xqbus: cannot use the folder ${path}: ${reason}\n`,
      });
    }
  });
});

describe("serve with files of users and rules", () => {
  it("follows them as they change, and goes on with those from before when they are broken", async () => {
    const bus = mkdtempSync(join(folder, "bus-"));
    const [users, acl] = [join(bus, "users.json"), join(bus, "acl.json")];
    const add = (name: string): ReturnType<typeof run> =>
      run(["user", "add", name, "--password-stdin", "--users", users], { stdin: name });
    await add("ada");
    writeFileSync(acl, JSON.stringify({ rules: [{ effect: "allow", user: "ada", action: "*" }] }));
    const command = new Running(["serve", "--port", "0", "--users", users, "--acl", acl, "--host", "127.0.0.1"]);
    await command.prints("stderr", "\n");
    expect(command.stdout).toContain("//ada:***@");
    const port = /:(\d+)\/org/.exec(command.stdout)?.[1] ?? "";
    const send = async (name: string): Promise<number> =>
      (await run(["send", "PhoneStatus", ...COMPLETE, "--url", `amqp://${name}:${name}@127.0.0.1:${port}/org.clacks`]))
        .code;
    expect([await send("ada"), await send("bob")]).toEqual([0, 1]);
    await add("bob");
    await command.prints("stderr", "users changed: 2 now\n");
    expect(await send("bob")).toBe(1);
    writeFileSync(acl, '{"rules":[{}]}');
    await command.prints(
      "stderr",
      `xqbus: access rules stay as they were: ${acl} has no rules that can be used: rule 1: effect`,
    );
    expect([await send("ada"), await send("bob")]).toEqual([0, 1]);
    writeFileSync(acl, JSON.stringify({ rules: [{ effect: "allow", user: "*", action: "*" }] }));
    await command.prints("stderr", "access rules changed: 1 now\n");
    expect(await send("bob")).toBe(0);
    await run(["user", "delete", "bob", "--users", users]);
    await command.prints("stderr", "users changed: 1 now\n");
    expect(await send("bob")).toBe(1);
    command.interrupt();
    expect((await command.ended).code).toBe(0);
  });

  it("follows access rules that come into its data folder after its start", async () => {
    const bus = mkdtempSync(join(folder, "rules-"));
    const command = new Running(["serve", "--port", "0", "--data", bus, "--user", "ada:ada"]);
    await command.prints("stdout", "URL");
    const port = /:(\d+)\/org/.exec(command.stdout)?.[1] ?? "";
    const send = ["send", "PhoneStatus", ...COMPLETE, "--url", `amqp://ada:ada@127.0.0.1:${port}/org.clacks`];
    expect((await run(send)).code).toBe(0);
    writeFileSync(join(bus, "acl.json"), JSON.stringify({ rules: [] }));
    await command.prints("stderr", "access rules changed: 0 now\n");
    expect((await run(send)).code).toBe(1);
    command.interrupt();
    expect((await command.ended).code).toBe(0);
  });

  it("does not start with a file that is missing, and takes the one or the other kind of users", async () => {
    const missing = join(folder, "missing.json");
    for (const option of ["--users", "--acl"]) {
      expect(await run(["serve", "--port", "0", option, missing])).toMatchObject({
        code: 1,
        stderr: `xqbus: cannot read ${missing}: there is no such file\n`,
      });
    }
    expect((await run(["serve", "--users", missing, "--user", "a:b"])).code).toBe(2);
  });
});

describe("serve with TLS", () => {
  let certificates: Certificates;
  let tls: readonly string[];

  beforeAll(() => {
    certificates = makeCertificates(folder);
    tls = ["--tls-cert", join(folder, "server.pem"), "--tls-key", join(folder, "server.key")];
  });

  it("takes events from who trusts its certificate", async () => {
    const told = await serving(tls, async ({ url }) => {
      expect(url).toMatch(/^amqps:/);
      const args = ["send", "PhoneStatus", ...COMPLETE, "--url", url];
      expect(await run([...args, "--tls-ca", certificates.caFile])).toMatchObject({ code: 0, stderr: "" });
      for (const trust of [[], ["--tls-ca", join(folder, "other-ca.pem")]]) {
        const { code, stderr } = await run([...args, ...trust]);
        expect(code).toBe(1);
        expect(stderr).toMatch(/^xqbus: the certificate of \S+ is not trusted .*option --tls-ca [^\n]*\n$/);
      }
    });
    expect(told.split("\n").filter((line) => !line.includes("a TLS handshake failed"))).toEqual([""]);
  });

  it("takes a new certificate while it runs, and keeps the one from before when the new one is broken", async () => {
    const [cert, key] = [join(folder, "changing.pem"), join(folder, "changing.key")];
    const use = (name: string): void => {
      copyFileSync(join(folder, `${name}.key`), key);
      copyFileSync(join(folder, `${name}.pem`), cert);
    };
    use("server");
    const command = new Running(["serve", "--port", "0", "--tls-cert", cert, "--tls-key", key]);
    await command.prints("stderr", "\n");
    const port = Number(/127\.0\.0\.1:(\d+) /.exec(command.stdout)?.[1]);
    const shown = (): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false }, () => {
          resolve(String(socket.getPeerCertificate().subject.CN));
          socket.destroy();
        });
        socket.once("error", reject);
      });
    expect(await shown()).toBe("localhost");
    writeFileSync(cert, "broken");
    await command.prints(
      "stderr",
      "the TLS certificate stays as it was: the broker's certificate or key cannot be used",
    );
    expect(await shown()).toBe("localhost");
    use("client");
    await command.prints("stderr", "the TLS certificate changed\n");
    expect(await shown()).toBe("test client");
    command.interrupt();
    expect((await command.ended).code).toBe(0);
  });

  it.each([
    [
      "a file that is missing",
      "missing.pem",
      /^xqbus: cannot read \S+missing\.pem: there is no such file or folder\n$/,
    ],
    ["a file without a certificate", "server.ext", /^xqbus: the broker's certificate or key cannot be used [^\n]+\n$/],
  ])("does not start with %s", async (_title, file, message) => {
    const cert = join(folder, file);
    const { code, stdout, stderr } = await run(["serve", "--port", "0", "--tls-cert", cert, "--tls-key", cert]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(message);
  });
});

function passwordOf(url: string): string {
  return new URL(url).password;
}
