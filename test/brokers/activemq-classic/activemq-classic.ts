import type { JavaProduct, JavaSettings } from "../java-product.ts";
import { startJavaBroker } from "../java-product.ts";
import type { BrokerOptions, RunningBroker } from "../running-broker.ts";
import { ADMIN, DOMAIN, UMLAUT_USER } from "../running-broker.ts";

const CONFIGURATION = "broker.properties";

const CLASSIC: JavaProduct = {
  product: "activemq-classic",
  folder: import.meta.dirname,
  addresses: {
    topic: `topic://${DOMAIN}`,
    queue: (name) => `queue://${name}`,
    deadLetters: (queue) => `queue://DLQ.${queue}`,
  },
  mainClass: "Classic",
  arguments: () => [CONFIGURATION],
  systemProperties: {},
  configuration: brokerConfiguration,
};

/** Starts ActiveMQ Classic, embedded in a small program of ours: starts in a fraction of a second, which suits fault tests. */
export function startActiveMQ(options: BrokerOptions = {}): Promise<RunningBroker> {
  return startJavaBroker(CLASSIC, options);
}

/** The file that `Classic.java` reads. */
function brokerConfiguration({ port, tlsPort, tls, durable }: JavaSettings): Readonly<Record<string, string>> {
  const settings: Readonly<Record<string, string | number | boolean | undefined>> = {
    port,
    durable,
    topic: DOMAIN,
    ...Object.fromEntries([ADMIN, UMLAUT_USER].map(({ name, password }) => [`user.${name}`, password])),
    ...(tls && {
      "tls.port": tlsPort,
      "tls.certificate": tls.certificates,
      "tls.key": tls.key,
      "tls.key.algorithm": tls.algorithm,
    }),
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  return { [CONFIGURATION]: lines.join("") };
}
