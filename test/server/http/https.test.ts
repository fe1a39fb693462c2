import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeCertificates, type Certificates } from "../../helpers/certificates.ts";
import { describeWith, OPENSSL } from "../../helpers/requirements.ts";
import { apis } from "./harness.ts";

describeWith([OPENSSL], "the API over TLS", () => {
  const { start } = apis();
  let folder: string;
  let certificates: Certificates;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "xqbus-https-"));
    certificates = makeCertificates(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Status and body of the answer. */
  function ask(url: string, ca: string): Promise<readonly [number | undefined, string]> {
    return new Promise((resolve, reject) => {
      const request = get(url, { ca, agent: false }, (response) => {
        let text = "";
        response.on("data", (part: Buffer) => (text += part.toString()));
        response.on("end", () => resolve([response.statusCode, text]));
      });
      request.on("error", reject);
    });
  }

  it("answers those who trust its certificate, and nobody without TLS", async () => {
    const { serverCert: cert, serverKey: key, ca, otherCa } = certificates;
    // With keys the harness would have to log in; who may call is no matter of TLS.
    const { url } = await start({ auth: "none", tls: { cert, key } });
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(await ask(`${url}/livez`, ca)).toEqual([200, '{"status":"ok"}']);
    expect(await ask(`${url}/listeners`, ca)).toEqual([200, '{"items":[]}']);
    await expect(ask(`${url}/livez`, otherCa)).rejects.toMatchObject({
      code: expect.stringMatching(/VERIFY|CERT/) as string,
    });
    await expect(fetch(url.replace("https", "http"))).rejects.toThrow("fetch failed");
  });

  it("takes another certificate while it runs, and keeps its own when the other is none", async () => {
    const { serverCert: cert, serverKey: key, ca } = certificates;
    const other = join(folder, "other");
    mkdirSync(other);
    const { serverCert: otherCert, serverKey: otherKey, ca: otherCa } = makeCertificates(other);
    const api = await start({ auth: "none", tls: { cert, key } });
    for (const broken of [
      { cert: otherCert, key },
      { cert: "nonsense", key: otherKey },
    ]) {
      expect(() => api.reloadTls(broken)).toThrow(
        expect.objectContaining({
          code: "xqbus:invalid-certificate",
          message: expect.stringMatching(/^the certificate or key of the HTTP API cannot be used/) as unknown,
        }),
      );
      expect(await ask(`${api.url}/livez`, ca)).toEqual([200, '{"status":"ok"}']);
    }
    api.reloadTls({ cert: otherCert, key: otherKey });
    await expect(ask(`${api.url}/livez`, ca)).rejects.toThrow();
    expect(await ask(`${api.url}/livez`, otherCa)).toEqual([200, '{"status":"ok"}']);
  });
});
