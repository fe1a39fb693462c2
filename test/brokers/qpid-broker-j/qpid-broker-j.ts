import type { JavaProduct, JavaSettings } from "../java-product.ts";
import { startJavaBroker } from "../java-product.ts";
import type { BrokerOptions, RunningBroker } from "../running-broker.ts";
import { ADMIN, DOMAIN, UMLAUT_USER } from "../running-broker.ts";

const CONFIGURATION = "broker.json";
const KEY_STORE = "server.p12";
/** That of PemKeyStore.java. */
const KEY_STORE_PASSWORD = "secret";
const DEAD_LETTERS = "DLQ";
const DELIVERY_ATTEMPTS = 3;

/**
 * Every name becomes a queue on first use, except the topic and its bindings (a receiver on it would get a queue of that name,
 * which the topic does not feed) and the broker's own `amq.`, so that an unknown `amq.` name still shows `amqp:not-found`.
 */
const QUEUE_NAMES = String.raw`^(?!org\.clacks(/|$)|amq\.).*$`;

const BROKER_J: JavaProduct = {
  product: "qpid-broker-j",
  folder: import.meta.dirname,
  addresses: { topic: DOMAIN, queue: (name) => name, deadLetters: () => DEAD_LETTERS },
  mainClass: "BrokerJ",
  // The store type is that of the configuration: in memory, so that the file is read at every start. Messages have their own store.
  arguments: ({ tls }) => [
    ...(tls ? ["--tls", tls.certificates, tls.key, tls.algorithm, KEY_STORE] : []),
    "-icp",
    CONFIGURATION,
    "-st",
    "Memory",
  ],
  systemProperties: {
    QPID_HOME: ".",
    QPID_WORK: "work",
    "virtualhost.housekeepingCheckPeriod": "500",
    "derby.stream.error.file": "derby.log",
  },
  configuration: (settings) => ({ [CONFIGURATION]: JSON.stringify(brokerConfiguration(settings), null, 2) }),
};

/** Starts Apache Qpid Broker-J: the reference for the original bus, with exchanges, bindings and strict checks. */
export function startBrokerJ(options: BrokerOptions = {}): Promise<RunningBroker> {
  return startJavaBroker(BROKER_J, options);
}

/** The initial configuration: https://qpid.apache.org/releases/qpid-broker-j-9.2.1/book/Java-Broker-Initial-Configuration.html */
function brokerConfiguration({ port, tlsPort, tls, durable }: JavaSettings): object {
  const amqpPort = {
    bindingAddress: "127.0.0.1",
    protocols: ["AMQP_1_0"],
    authenticationProvider: "users",
    // Clients name a virtual host by the host they connect to; there is only one here.
    virtualhostaliases: [{ name: "any", type: "patternMatchingAlias", pattern: ".*" }],
  };
  return {
    name: "xqbus-test",
    modelVersion: "9.1",
    brokerloggers: [
      {
        name: "console",
        type: "Console",
        brokerloginclusionrules: [
          { name: "all", type: "NameAndLevel", loggerName: "ROOT", level: "WARN" },
          { name: "broker", type: "NameAndLevel", loggerName: "org.apache.qpid.*", level: "INFO" },
        ],
      },
    ],
    authenticationproviders: [
      {
        name: "users",
        type: "Plain",
        // PLAIN without TLS is refused otherwise; this broker listens on loopback only.
        secureOnlyMechanisms: [],
        users: [ADMIN, UMLAUT_USER].map(({ name, password }) => ({ name, password, type: "managed" })),
      },
    ],
    ...(tls && {
      keystores: [
        {
          name: "server",
          type: "FileKeyStore",
          keyStoreType: "pkcs12",
          storeUrl: KEY_STORE,
          password: KEY_STORE_PASSWORD,
        },
      ],
    }),
    ports: [
      { ...amqpPort, name: "AMQP", port },
      ...(tls ? [{ ...amqpPort, name: "AMQPS", port: tlsPort, transports: ["SSL"], keyStore: "server" }] : []),
    ],
    virtualhostnodes: [
      {
        name: "default",
        defaultVirtualHostNode: true,
        ...(durable ? { type: "DERBY", storePath: "${qpid.work_dir}/derby" } : { type: "Memory" }),
        virtualHostInitialConfiguration: JSON.stringify(virtualHost(durable)),
      },
    ],
  };
}

function virtualHost(durable: boolean): object {
  return {
    type: durable ? "ProvidedStore" : "Memory",
    exchanges: [{ name: DOMAIN, type: "topic", durable: true }],
    queues: [{ name: DEAD_LETTERS, durable: true }],
    // Queues only: a policy that creates exchanges for receivers puts the whole virtual host into the state ERROR.
    nodeAutoCreationPolicies: [
      {
        nodeType: "queue",
        pattern: QUEUE_NAMES,
        createdOnPublish: true,
        createdOnConsume: true,
        attributes: {
          durable: true,
          maximumDeliveryAttempts: DELIVERY_ATTEMPTS,
          alternateBinding: { destination: DEAD_LETTERS, attributes: {} },
        },
      },
    ],
  };
}
