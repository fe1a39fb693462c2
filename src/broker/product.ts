import { readFileSync } from "node:fs";

/** What the broker tells every client about itself (AMQP 1.0, part 2.7.1, properties). */
export function brokerProperties(): Readonly<Record<string, string>> {
  // src/broker and dist/broker are equally deep.
  const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    readonly version: string;
  };
  return { product: "xqbus", version: manifest.version, platform: `Node.js ${process.version}` };
}
