import { writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { JavaTools } from "../helpers/requirements.ts";
import { JAVA, findJava } from "../helpers/requirements.ts";
import { javaClasses, javaLibraries, javaSources } from "./java-parts.ts";
import type { Place } from "./launch.ts";
import { launch } from "./launch.ts";
import type { BrokerAddresses, BrokerOptions, Product, RunningBroker } from "./running-broker.ts";
import type { ServerCertificate } from "./server-certificate.ts";
import { serverCertificate } from "./server-certificate.ts";

const PREPARE_TIMEOUT_MS = 600_000;
/** Quick to start and small; the default compiler and collector pay off only after minutes. */
const QUICK_START = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];

const DELIVERY_ATTEMPTS = 3;
/** Java sources that every product gets. */
const SHARED_SOURCES = ["Leash.java", "PemKeyStore.java"].map((name) => join(import.meta.dirname, name));

/** What a product needs to know for its configuration. */
export interface JavaSettings extends Place {
  /** Whether messages are kept on disk. */
  readonly durable: boolean;
  /** Where the certificate is, when the broker is to speak TLS on `tlsPort`. */
  readonly tls?: TlsFiles;
  /** Where the messages are, when brokers have them in common. */
  readonly sharedStore?: string;
  /** How often a message is delivered before it is a dead letter; -1: without limit. */
  readonly deliveryAttempts: number;
}

/** A server certificate in the working directory; see `PemKeyStore.java`. */
export interface TlsFiles {
  /** File with the certificate chain, relative to the working directory. */
  readonly certificates: string;
  /** File with the private key, likewise. */
  readonly key: string;
  readonly algorithm: ServerCertificate["algorithm"];
}

/** A broker written in Java: its folder has a `pom.xml` that names the libraries, and perhaps Java sources of ours. */
export interface JavaProduct {
  readonly product: Product;
  readonly folder: string;
  readonly addresses: BrokerAddresses;
  readonly mainClass: string;
  readonly arguments: (settings: JavaSettings) => readonly string[];
  /** System properties, without `-D`. */
  readonly systemProperties: Readonly<Record<string, string>>;
  /** The text of each configuration file by its name in the working directory. */
  readonly configuration: (settings: JavaSettings) => Readonly<Record<string, string>>;
}

/** Starts a broker written in Java; fetches its libraries with Maven and compiles our sources when that was not done before. */
export function startJavaBroker(broker: JavaProduct, options: BrokerOptions = {}): Promise<RunningBroker> {
  const { javaOptions = QUICK_START, prepareTimeoutMs = PREPARE_TIMEOUT_MS } = options;
  return launch(
    {
      product: broker.product,
      addresses: broker.addresses,
      prepare: async (place) => {
        const java = requireJava();
        const { product, folder } = broker;
        const jars = await javaLibraries(product, folder, prepareTimeoutMs);
        const sources = [...SHARED_SOURCES, ...(await javaSources(folder))];
        const ours = await javaClasses(product, sources, java, jars, prepareTimeoutMs);
        const settings = await configure(broker, place, options);
        return [
          java.java,
          ...javaOptions,
          ...Object.entries(broker.systemProperties).map(([name, value]) => `-D${name}=${value}`),
          "-cp",
          [ours, join(jars, "*")].join(delimiter),
          "Leash",
          broker.mainClass,
          ...broker.arguments(settings),
        ];
      },
    },
    options,
  );
}

/** Writes the certificate and the configuration into the working directory. */
async function configure(broker: JavaProduct, place: Place, options: BrokerOptions): Promise<JavaSettings> {
  const certificate = options.tls && serverCertificate(options.tls);
  const tls = certificate && { certificates: "server.crt", key: "server.key", algorithm: certificate.algorithm };
  const { durable = true, sharedStore, deliveryAttempts = DELIVERY_ATTEMPTS } = options;
  const settings: JavaSettings = {
    ...{ ...place, durable, deliveryAttempts },
    ...(tls && { tls }),
    ...(sharedStore && { sharedStore }),
  };
  const files = {
    ...broker.configuration(settings),
    ...(tls && { [tls.certificates]: certificate.cert, [tls.key]: certificate.key }),
  };
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(place.directory, name), text, { mode: 0o600 });
  }
  return settings;
}

function requireJava(): JavaTools {
  const java = findJava();
  if (!java) throw new Error(JAVA.missing());
  return java;
}
