import { chmodSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SMTPServer } from "smtp-server";
import type { SMTPServerOptions } from "smtp-server";
import { startBroker } from "../../../src/broker/index.ts";
import { holdFolder } from "../../../src/daemon/index.ts";
import { examine, loadConfig } from "../../../src/server/index.ts";
import type { Finding } from "../../../src/server/index.ts";
import { checkRuntime } from "../../../src/server/doctor/check-runtime.ts";
import { ScriptedBroker } from "../../amqp/scripted-broker.ts";
import { makeCertificates } from "../../helpers/certificates.ts";
import type { Certificates } from "../../helpers/certificates.ts";
import { describeWith, OPENSSL } from "../../helpers/requirements.ts";

let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "xqbus-doctor-"));
});

afterAll(() => rmSync(root, { recursive: true }));

async function examined(text: string, timeoutMs = 5000): Promise<readonly Finding[]> {
  const file = join(mkdtempSync(join(root, "config-")), "xqbus.toml");
  writeFileSync(file, text, { mode: 0o600 });
  return examine(await loadConfig({ file }), { timeoutMs });
}

function linesOf(findings: readonly Finding[], name: string): readonly string[] {
  return findings
    .filter((finding) => finding.name === name)
    .map(({ status, detail, advice }) => `${status} ${detail}${advice === undefined ? "" : `; ${advice}`}`);
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

describe("the doctor", () => {
  it("finds nothing wrong where nothing is", async () => {
    const folder = mkdtempSync(join(root, "data-"));
    const findings = await examined(
      `[storage]\nfolder = "${folder}"\nmin_free_bytes = 1\n[broker]\nport = 0\n[http]\nport = 0`,
    );
    expect(findings.filter(({ status }) => status !== "ok")).toEqual([]);
    expect(findings.map(({ name }) => name)).toEqual([
      ...["node", "sqlite", "packages", "folder", "disk", "broker port", "http port", "schemas", "clock"],
    ]);
  });

  it("tells who has the port, and that it is the daemon itself", async () => {
    const server = createServer();
    const port = await listening(server);
    const folder = mkdtempSync(join(root, "data-"));
    const config = `[storage]\nfolder = "${folder}"\n[broker]\nport = ${port}`;
    const [before = ""] = linesOf(await examined(config), "broker port");
    expect(before).toMatch(
      new RegExp(
        `^fail port ${port} of 127\\.0\\.0\\.1 is in use by (process ${process.pid} \\(.+\\)|another process); end`,
      ),
    );
    await using held = await holdFolder(folder);
    expect(held.path).toBe(folder);
    const [during = ""] = linesOf(await examined(config), "broker port");
    // Where the system does not tell whose a socket is, it stays somebody else's.
    expect(during).toMatch(
      /^(ok port \d+ of 127\.0\.0\.1 is used by this daemon, process \d+$|fail .* another process)/,
    );
    server.close();
  });

  it("looks at addresses that this machine does not have", async () => {
    const lines = linesOf(await examined('[broker]\nhost = "192.0.2.1"'), "broker port");
    expect(lines).toEqual([
      "fail port 5672 of 192.0.2.1: this machine has no such address; take one of its own, 127.0.0.1 or 0.0.0.0",
    ]);
  });

  it("looks at rights of the folder and of secrets, and at the disk", async () => {
    const folder = mkdtempSync(join(root, "data-"));
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, "users.json"), "{}", { mode: 0o644 });
    const secret = join(root, "smtp-password");
    writeFileSync(secret, "pa55\n");
    chmodSync(secret, 0o644);
    const findings = await examined(
      `[storage]\nfolder = "${folder}"\nmin_free_bytes = "4096TiB"\n[email]\nhost = "127.0.0.1"\nport = 1\nfrom = "a@b"\nuser = "u"\npassword_file = "${secret}"`,
    );
    expect(linesOf(findings, "folder")).toEqual([
      `warn ${folder} can be entered by others (mode 755); chmod 700 ${folder}`,
      `warn ${join(folder, "users.json")} can be used by everybody (mode 644); chmod 600 ${join(folder, "users.json")}`,
    ]);
    expect(linesOf(findings, "secrets")).toEqual([
      `fail ${secret} can be read by everybody (mode 644); chmod 600 ${secret}`,
    ]);
    expect(linesOf(findings, "disk")[0]).toMatch(/^warn .* free for .*; expected 4096 TiB; make room/);
    expect(linesOf(findings, "smtp")[0]).toMatch(/^fail 127\.0\.0\.1:1: .*ECONNREFUSED/);
    expect(JSON.stringify(findings)).not.toContain("pa55");
  });

  it("says what is wrong with a folder that cannot be made, or is not given", async () => {
    const folder = join(root, "no", "such");
    expect(linesOf(await examined(`[storage]\nfolder = "${folder}"`), "folder")[0]).toMatch(
      /^fail .* cannot be made: .*: there is no such file or folder; make /,
    );
    expect(linesOf(await examined(""), "folder")).toEqual([
      'fail no folder is given; give [storage] folder = "/var/lib/xqbus", or --data DIR',
    ]);
  });

  it("logs in to another broker", async () => {
    await using broker = await startBroker({ users: { ada: "pa55" } });
    const { port } = broker;
    expect(linesOf(await examined(`[broker]\nurl = "${broker.url()}"`), "broker")).toEqual([
      `ok amqp://ada@127.0.0.1:${port}/org.clacks lets the daemon in`,
    ]);
    const [wrong = ""] = linesOf(await examined(`[broker]\nurl = "amqp://ada:wr0ng@127.0.0.1:${port}"`), "broker");
    expect(wrong).toMatch(/^fail .*; look at user and password in the URL$/);
    expect(wrong).not.toContain("wr0ng");
    const [gone = ""] = linesOf(await examined('[messaging]\nurl = "amqp://127.0.0.1:1"'), "messaging");
    expect(gone).toMatch(/^fail .*; look at host and port, whether the broker runs/);
  });

  it.each([
    ["ActiveMQ", "activemq-classic"],
    ["RabbitMQ", "rabbitmq"],
    ["apache-activemq-artemis", undefined],
    ["Apache Qpid Broker-J Core", undefined],
  ])("says whether %s can be behind several daemons, where that is configured", async (product, unfit) => {
    const broker = await ScriptedBroker.start({ product });
    try {
      const url = `[broker]\nurl = "amqp://admin:secret@127.0.0.1:${broker.port}"\n`;
      const shown = `amqp://admin@127.0.0.1:${broker.port}/org.clacks`;
      const alone = [`ok ${shown} lets the daemon in`];
      expect(linesOf(await examined(url), "broker")).toEqual(alone);
      const several = `${url}[storage]\nurl = "postgres://xqbus:secret@127.0.0.1:1/xqbus"`;
      expect(linesOf(await examined(several), "broker")).toEqual(
        unfit === undefined
          ? alone
          : [
              `fail ${shown} is ${unfit}, which has no durable subscriptions that several daemons share: listeners and routes get no events; ` +
                "use one that has them: docs/scaling.md, Sizing",
            ],
      );
    } finally {
      await broker.close();
    }
  });

  it("finds event types that cannot be used", async () => {
    const folder = mkdtempSync(join(root, "schemas-"));
    writeFileSync(join(folder, "Broken.xsd"), "<xs:schema");
    const lines = linesOf(await examined(`[catalog]\nschemas = ["${folder}"]`), "schemas");
    expect(lines[0]).toMatch(/^fail .*Broken\.xsd.*; repair the file/);
    expect(lines.at(-1)).toMatch(/^fail there are no event types; give folders/);
  });

  it("notices that the clock was set back", async () => {
    const folder = mkdtempSync(join(root, "data-"));
    writeFileSync(join(folder, "messages.db"), "");
    const later = Date.now() / 1000 + 3600;
    utimesSync(join(folder, "messages.db"), later, later);
    expect(linesOf(await examined(`[storage]\nfolder = "${folder}"`), "clock")[0]).toMatch(
      /^warn the folder has files that were written in the future, 3[56]\d\d s from now; set the clock right/,
    );
  });

  it("refuses a Node.js that is too old", async () => {
    const { config } = await loadConfig();
    const versions = ["18.20.0", "20.18.9", "20.19.0", "24.1.0"];
    expect(versions.map((version) => checkRuntime(config, version)[0]?.status)).toEqual(["fail", "fail", "ok", "ok"]);
  });
});

async function withSmtp(options: SMTPServerOptions, use: (port: number) => Promise<void>): Promise<void> {
  const server = new SMTPServer({ logger: false, ...options });
  server.on("error", () => undefined);
  const port = await listening(server.server);
  try {
    await use(port);
  } finally {
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

function email(port: number, rest: string): string {
  return `[email]\nhost = "127.0.0.1"\nport = ${port}\nfrom = "a@b"\n${rest}`;
}

const LOGIN = 'user = "ada"\npassword = "s3cret"';

describeWith([OPENSSL], "the doctor at a mail server", () => {
  let certificates: Certificates;

  beforeAll(() => {
    certificates = makeCertificates(root);
  });

  it("hears that it answers, and that it does not do what is wanted", async () => {
    await withSmtp({ disabledCommands: ["STARTTLS", "AUTH"] }, async (port) => {
      expect(linesOf(await examined(email(port, 'tls = "none"')), "smtp")).toEqual([`ok 127.0.0.1:${port} answers`]);
      const [noLogin = ""] = linesOf(await examined(email(port, `tls = "none"\n${LOGIN}`)), "smtp");
      expect(noLogin).toMatch(/^fail .*: the login of ada is refused: .*; look at \[email\] host/);
      const [noTls = ""] = linesOf(await examined(email(port, 'tls = "starttls"')), "smtp");
      expect(noTls).toMatch(/^fail .*; look at \[email\] host, port, tls,/);
    });
  });

  it("logs in, and shows no password when that fails", async () => {
    const onAuth: SMTPServerOptions["onAuth"] = ({ username, password }, _session, answer) => {
      if (username === "ada" && password === "s3cret") answer(null, { user: username });
      else answer(new Error("no such user or password"));
    };
    await withSmtp({ disabledCommands: ["STARTTLS"], onAuth, allowInsecureAuth: true }, async (port) => {
      expect(linesOf(await examined(email(port, `tls = "none"\n${LOGIN}`)), "smtp")).toEqual([
        `ok 127.0.0.1:${port} answers and lets ada in`,
      ]);
      const [wrong = ""] = linesOf(
        await examined(email(port, `tls = "none"\n${LOGIN.replace("s3cret", "wr0ng")}`)),
        "smtp",
      );
      expect(wrong).toMatch(/^fail .*: the login of ada is refused: 535 no such user or password; look at/);
      expect(wrong).not.toMatch(/wr0ng|d3IwbmcK?/);
    });
  });

  it("goes on with TLS, and does not take a certificate that nobody vouches for", async () => {
    const { serverCert: cert, serverKey: key, caFile } = certificates;
    await withSmtp({ cert, key, onAuth: (_auth, _session, answer) => answer(null, { user: "ada" }) }, async (port) => {
      expect(linesOf(await examined(email(port, `tls_ca = "${caFile}"\n${LOGIN}`)), "smtp")).toEqual([
        `ok 127.0.0.1:${port} answers with TLS and lets ada in`,
      ]);
      expect(linesOf(await examined(email(port, "")), "smtp")[0]).toMatch(/^fail .*certificate/);
    });
    await withSmtp({ cert, key, secure: true }, async (port) => {
      expect(linesOf(await examined(email(port, `tls = "implicit"\ntls_ca = "${caFile}"`)), "smtp")).toEqual([
        `ok 127.0.0.1:${port} answers with TLS`,
      ]);
    });
  });

  it("does not wait for ever", async () => {
    const silent = createServer();
    const port = await listening(silent);
    // On a busy machine the time may be over before it is known that the connection is there.
    expect(linesOf(await examined(email(port, 'tls = "none"'), 200), "smtp")[0]).toMatch(
      /^fail .*(?:Greeting never received|Connection timeout)/,
    );
    silent.close();
  });
});
