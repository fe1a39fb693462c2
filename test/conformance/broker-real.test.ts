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
        const { url, amqpsUrl, stop } = await started(product, { cert, key });
        return { url, ...(amqpsUrl === undefined ? {} : { amqpsUrl }), ca, stop };
      },
      { tls: true },
    );
  }
});

async function started(
  product: Product,
  tls: { readonly cert: string; readonly key: string },
): Promise<{ readonly url: string; readonly amqpsUrl: string | undefined; stop(): Promise<void> }> {
  const broker = await PRODUCTS[product]({ tls });
  return { url: broker.url, amqpsUrl: broker.amqpsUrl, stop: () => broker.stop() };
}
