import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { startBroker } from "../../src/broker/index.ts";
import type { Broker } from "../../src/broker/index.ts";
import { makeCertificates } from "../helpers/certificates.ts";
import type { Certificates } from "../helpers/certificates.ts";
import { describeWith, OPENSSL } from "../helpers/requirements.ts";
import { AMQP_HEADER, RawClient } from "./raw-client.ts";
import { RheaClient } from "./rhea-client.ts";

let directory: string;
let certificates: Certificates;
let broker: Broker | undefined;

describeWith([OPENSSL], "A broker with a certificate", () => {
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "xqbus-tls-"));
    certificates = makeCertificates(directory);
  });

  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  afterEach(async () => {
    await broker?.close();
  });

  async function start(requestCert = false): Promise<Broker> {
    const { serverCert: cert, serverKey: key, ca } = certificates;
    broker = await startBroker({ tls: { cert, key, ca, requestCert }, host: "localhost" });
    return broker;
  }

  it("serves clients that know its authority", async () => {
    const { url } = await start().then((started) => ({ url: started.url() }));
    expect(url).toMatch(/^amqps:\/\/admin:[\w-]+@localhost:\d+\/org\.clacks$/);
    const client = await RheaClient.connect(url, { ca: certificates.ca });
    const receiver = await client.receiver("org.clacks");
    receiver.credit(1);
    const body = "s".repeat(300_000);
    expect(await (await client.sender("org.clacks")).send(body)).toEqual({ outcome: "accepted" });
    expect((await receiver.next()).body).toBe(body);
    await client.close();
  });

  it("is not accepted by clients that know another authority", async () => {
    const started = await start();
    await expect(RheaClient.connect(started.url(), { ca: certificates.otherCa })).rejects.toThrow(
      /unable to verify|self-signed|certificate/,
    );
  });

  it("checks the password although the line is secure", async () => {
    const started = await start();
    const url = new URL(started.url());
    url.password = "wrong";
    await expect(RheaClient.connect(url.href, { ca: certificates.ca })).rejects.toMatchObject({
      condition: "amqp:unauthorized-access",
    });
  });

  it("lets clients in that show a certificate, when it asks for one", async () => {
    const started = await start(true);
    const { ca, clientCert: cert, clientKey: key } = certificates;
    const client = await RheaClient.connect(started.url(), { ca, cert, key });
    await client.close();
  });

  it("keeps clients out that show none, when it asks for one", async () => {
    const started = await start(true);
    await expect(RheaClient.connect(started.url(), { ca: certificates.ca })).rejects.toThrow(
      /certificate required|reset|disconnected/i,
    );
    expect(started.counts.connections).toBe(0);
  });

  it("closes connections that do not speak TLS", async () => {
    const started = await start();
    const client = await RawClient.connect(started);
    client.write(AMQP_HEADER);
    await client.closed;
    await (await RheaClient.connect(started.url(), { ca: certificates.ca })).close();
  });

  it("ends at once although somebody has not finished the handshake", async () => {
    const started = await start();
    const client = await RawClient.connect(started);
    await (await RheaClient.connect(started.url(), { ca: certificates.ca })).close();
    await started.close();
    expect(await client.closed).toEqual(Buffer.alloc(0));
  });

  it("takes other certificates while it runs, and refuses a pair that does not fit", async () => {
    const started = await start();
    const { serverCert, serverKey, clientCert, clientKey, ca } = certificates;
    const before = await RheaClient.connect(started.url(), { ca });
    expect(() => started.reloadTls({ cert: clientCert, key: serverKey })).toThrow(
      expect.objectContaining({ code: "xqbus:invalid-certificate" }),
    );
    await (await RheaClient.connect(started.url(), { ca })).close();
    started.reloadTls({ cert: clientCert, key: clientKey, ca });
    // It is the certificate of no server.
    await expect(RheaClient.connect(started.url(), { ca })).rejects.toThrow();
    started.reloadTls({ cert: serverCert, key: serverKey, ca });
    await (await RheaClient.connect(started.url(), { ca })).close();
    await before.close();
  });

  it("cannot be given to a broker that was started without one", async () => {
    broker = await startBroker();
    const { serverCert: cert, serverKey: key } = certificates;
    expect(() => broker?.reloadTls({ cert, key })).toThrow(
      "the broker was started without TLS; expected the option tls",
    );
  });

  it("does not start with a key that is not that of the certificate", async () => {
    const { serverCert: cert, clientKey: key } = certificates;
    await expect(startBroker({ tls: { cert, key } })).rejects.toMatchObject({
      code: "xqbus:invalid-certificate",
      message: expect.stringMatching(/^the broker's certificate or key cannot be used \(.+\); expected PEM/) as string,
    });
  });
});
