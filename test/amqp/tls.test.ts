import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type TLSSocket } from "node:tls";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, beforeAll, expect, it } from "vitest";
import { EventPublisher, type TlsOptions } from "../../src/amqp/index.ts";
import type { XqbusError } from "../../src/errors.ts";
import { makeCertificates, type Certificates } from "../helpers/certificates.ts";
import { describeWith, OPENSSL } from "../helpers/requirements.ts";
import { ScriptedBroker, type Script } from "./scripted-broker.ts";

describeWith([OPENSSL], "a connection over TLS", () => {
  const cleanUps: (() => unknown)[] = [];
  let pem: Certificates;

  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), "xqbus-tls-"));
    pem = makeCertificates(folder);
    rmSync(folder, { recursive: true });
  });

  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });

  async function broker(script: Script = {}): Promise<ScriptedBroker> {
    const started = await ScriptedBroker.start({ tls: { cert: pem.serverCert, key: pem.serverKey }, ...script });
    cleanUps.push(() => started.close());
    return started;
  }

  async function connect(url: string, tls?: TlsOptions): Promise<string> {
    const publisher = await EventPublisher.open(url, tls === undefined ? {} : { tls });
    await publisher.close();
    return "connected";
  }

  async function failure(url: string, tls?: TlsOptions): Promise<Pick<XqbusError, "name" | "code" | "message">> {
    return connect(url, tls).then(
      () => {
        throw new Error("it connected");
      },
      ({ name, code, message }: XqbusError) => ({ name, code, message }),
    );
  }

  const untrusted = { name: "CertificateError", code: "xqbus:invalid-certificate" };

  it("trusts the authority of tls.ca, as text, bytes or one of several", async () => {
    const url = (await broker()).url();
    for (const ca of [pem.ca, Buffer.from(pem.ca), [pem.otherCa, pem.ca]]) {
      await expect(connect(url, { ca })).resolves.toBe("connected");
    }
  });

  it("trusts no other authority", async () => {
    const started = await broker();
    const message = new RegExp(
      `^the certificate of 127\\.0\\.0\\.1:${started.port} is not trusted \\([A-Z_]+\\); option tls\\.ca names the authority that signed it$`,
    );
    expect(await failure(started.url())).toEqual({ ...untrusted, message: expect.stringMatching(message) as string });
    expect(await failure(started.url(), { ca: pem.otherCa })).toMatchObject(untrusted);
  });

  it("trusts everybody when it is told so", async () => {
    await expect(connect((await broker()).url(), { rejectUnauthorized: false })).resolves.toBe("connected");
  });

  it("refuses a certificate for another name, unless tls.serverName says so", async () => {
    const started = await broker();
    const { ca } = pem;
    await expect(connect(started.url(), { ca, serverName: "localhost" })).resolves.toBe("connected");
    expect(await failure(started.url(), { ca, serverName: "bus.example" })).toEqual({
      ...untrusted,
      message: expect.stringMatching(
        /^the certificate of 127\.0\.0\.1:\d+ is for another name \(.*bus\.example.*\); option tls\.serverName says which to expect$/,
      ) as string,
    });
  });

  it("on a port without TLS says so", async () => {
    const started = await ScriptedBroker.start();
    cleanUps.push(() => started.close());
    const { name, message } = await failure(started.url().replace("amqp:", "amqps:"));
    expect(name).toBe("NotConnectedError");
    expect([
      `127.0.0.1:${started.port} does not speak TLS; is it the plain port? (amqp://, usually 5672)`,
      `127.0.0.1:${started.port} closed the connection at once; is it the plain port? (amqp://, usually 5672)`,
    ]).toContain(message);
  });

  it("is missed by a plain connection, which says so", async () => {
    const started = await broker();
    const { name, message } = await failure(started.url().replace("amqps:", "amqp:"));
    expect(name).toBe("NotConnectedError");
    expect([
      `127.0.0.1:${started.port} speaks TLS; the URL must start with amqps://`,
      `127.0.0.1:${started.port} closed the connection before it was open; is it the TLS port? (amqps://, usually 5671)`,
      `127.0.0.1:${started.port} closed the connection at once; is it the TLS port? (amqps://, usually 5671)`,
    ]).toContain(message);
  });

  it("logs in with the client's certificate where the URL has no user", async () => {
    const started = await broker({ tls: { cert: pem.serverCert, key: pem.serverKey, ca: pem.ca } });
    const { ca, clientCert: cert, clientKey: key } = pem;
    await expect(connect(started.url(""), { ca, cert, key })).resolves.toBe("connected");
    expect(await failure(started.url("admin:secret"), { ca, cert, key })).toEqual({
      name: "AuthenticationError",
      code: "xqbus:authentication-failed",
      message:
        `the broker at 127.0.0.1:${started.port} does not accept user "admin" with this password; ` +
        "it offers the SASL mechanisms EXTERNAL",
    });
  });

  it("without the certificate that the broker asks for says which options give one", async () => {
    const { serverCert: cert, serverKey: key, ca } = pem;
    const server = createServer({ cert, key, ca, requestCert: true, rejectUnauthorized: true });
    const sockets: TLSSocket[] = [];
    server.on("secureConnection", (socket) => sockets.push(socket));
    server.on("tlsClientError", () => undefined);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    cleanUps.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    expect(await failure(`amqps://admin:secret@127.0.0.1:${port}`, { ca })).toEqual({
      ...untrusted,
      message: expect.stringMatching(
        / refused the TLS handshake \(.*\); when it asks for .* tls\.cert and tls\.key give one$/,
      ) as string,
    });
    expect(sockets).toEqual([]);
  });

  const rows: readonly [title: string, tls: (pem: Certificates) => TlsOptions, message: RegExp][] = [
    ["tls.ca that is no PEM", () => ({ ca: "garbage" }), /^option tls\.ca cannot be used \(.+\); it must be PEM text$/],
    ["tls.ca with one that is none", ({ ca }) => ({ ca: [ca, "garbage"] }), /^option tls\.ca cannot be used /],
    [
      "tls.cert that is no PEM",
      ({ clientKey: key }) => ({ cert: "garbage", key }),
      /^option tls\.cert cannot be used /,
    ],
    [
      "tls.key that is no PEM",
      ({ clientCert: cert }) => ({ cert, key: "garbage" }),
      /^option tls\.key or tls\.passphrase cannot be used /,
    ],
    [
      "tls.key of another certificate",
      ({ clientCert: cert, serverKey: key }) => ({ cert, key }),
      /^option tls\.key or tls\.passphrase cannot/,
    ],
    ["tls.cert alone", ({ clientCert: cert }) => ({ cert }), /^option tls\.cert needs tls\.key$/],
    ["tls.key alone", ({ clientKey: key }) => ({ key }), /^option tls\.key needs tls\.cert$/],
  ];

  it.each(rows)("refuses %s before it connects", async (_title, tls, message) => {
    expect(await failure("amqps://admin:secret@127.0.0.1:1", tls(pem))).toEqual({
      ...untrusted,
      message: expect.stringMatching(message) as string,
    });
  });
});
