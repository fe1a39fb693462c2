import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBroker } from "../../src/broker/index.ts";
import { makeCertificates } from "../helpers/certificates.ts";
import { describeWith, OPENSSL } from "../helpers/requirements.ts";
import { brokerSuite } from "./broker.suite.ts";

const users = { admin: "secret" };

brokerSuite("the embedded broker", async () => {
  const broker = await startBroker({ users });
  return { url: broker.url("admin"), stop: () => broker.close() };
});

describeWith([OPENSSL], "with TLS", () => {
  brokerSuite(
    "the embedded broker beside one with TLS",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "xqbus-tls-"));
      const { ca, serverCert: cert, serverKey: key } = makeCertificates(folder);
      rmSync(folder, { recursive: true });
      const plain = await startBroker({ users });
      const secure = await startBroker({ users, tls: { cert, key } });
      return {
        url: plain.url("admin"),
        amqpsUrl: secure.url("admin"),
        ca,
        stop: async () => {
          await Promise.all([plain.close(), secure.close()]);
        },
      };
    },
    { tls: true },
  );
});
