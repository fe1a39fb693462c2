import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PRODUCTS, PRODUCT_NEEDS } from "../brokers/products.ts";
import type { Product } from "../brokers/running-broker.ts";
import { makeCertificates } from "../helpers/certificates.ts";
import { describeWith, OPENSSL } from "../helpers/requirements.ts";
import { brokerSuite } from "./broker.suite.ts";

// The same publisher and consumer, unchanged, on brokers that others wrote; over amqps as well.
for (const product of Object.keys(PRODUCTS) as Product[]) {
  describeWith([...PRODUCT_NEEDS[product], OPENSSL], "with a real broker", () => {
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
  });
}
