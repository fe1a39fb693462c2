import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PRODUCTS } from "../brokers/products.ts";
import type { Product } from "../brokers/running-broker.ts";
import { makeCertificates } from "../helpers/certificates.ts";
import { describeWith, JAVA, MAVEN, OPENSSL } from "../helpers/requirements.ts";
import { brokerSuite } from "./broker.suite.ts";

// The same publisher and consumer, unchanged, on brokers that others wrote; over amqps as well.
describeWith([JAVA, MAVEN, OPENSSL], "with real brokers", () => {
  for (const product of Object.keys(PRODUCTS) as Product[]) {
    brokerSuite(
      product,
      async () => {
        const folder = mkdtempSync(join(tmpdir(), "xqbus-tls-"));
        const { ca, serverCert: cert, serverKey: key } = makeCertificates(folder);
        rmSync(folder, { recursive: true });
        const broker = await PRODUCTS[product]({ tls: { cert, key } });
        const { url, amqpsUrl } = broker;
        return { url, ...(amqpsUrl === undefined ? {} : { amqpsUrl }), ca, stop: () => broker.stop() };
      },
      { tls: true },
    );
  }
});
