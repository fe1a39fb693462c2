import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { CommandLine } from "../broker-process.ts";
import { launch } from "../launch.ts";
import type { Place } from "../launch.ts";
import type { BrokerOptions, Credentials, RunningBroker } from "../running-broker.ts";
import { ADMIN, DOMAIN, UMLAUT_USER } from "../running-broker.ts";
import { rabbitmqSoftware } from "./rabbitmq-software.ts";

const PREPARE_TIMEOUT_MS = 600_000;
const DEAD_LETTERS = "DLQ";
/** Ports beside the one for AMQP: the distribution of Erlang and its port mapper. Everything listens on loopback. */
const DISTRIBUTION = 1;
const PORT_MAPPER = 2;

/**
 * Starts RabbitMQ 3.10 of Debian 12 with its AMQP 1.0 plugin: the broker that echoes filters and does not apply them.
 *
 * It has no store in memory only: `durable: false` just starts empty.
 */
export function startRabbitMQ(options: BrokerOptions = {}): Promise<RunningBroker> {
  return launch(
    {
      product: "rabbitmq",
      addresses: {
        topic: `/exchange/${DOMAIN}/#`,
        queue: (name) => `/queue/${name}`,
        deadLetters: () => `/amq/queue/${DEAD_LETTERS}`,
      },
      prepare: async (place) => {
        const software = await rabbitmqSoftware(options.prepareTimeoutMs ?? PREPARE_TIMEOUT_MS);
        await configure(place, options);
        return commandLine(place, software);
      },
    },
    options,
  );
}

async function configure({ directory, port, tlsPort }: Place, { tls }: BrokerOptions): Promise<void> {
  const file = (name: string): string => join(directory, name);
  const lines = [
    `listeners.tcp.1 = 127.0.0.1:${port}`,
    "log.console = true",
    "log.console.level = warning",
    "log.file = false",
    `load_definitions = ${file("definitions.json")}`,
    ...(tls === undefined
      ? []
      : [
          `listeners.ssl.1 = 127.0.0.1:${tlsPort}`,
          `ssl_options.certfile = ${file("server.crt")}`,
          `ssl_options.keyfile = ${file("server.key")}`,
          "ssl_options.verify = verify_none",
        ]),
  ];
  const files = {
    "rabbitmq.conf": `${lines.join("\n")}\n`,
    "definitions.json": JSON.stringify(definitions(), null, 2),
    enabled_plugins: "[rabbitmq_amqp1_0].\n",
    "env.conf": "",
    ...(tls && { "server.crt": tls.cert, "server.key": tls.key }),
  };
  await mkdir(file("home"), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(file(name), text, { mode: 0o600 });
}

/** Users, the exchange of the domain, and a queue to which every other queue gives its dead letters. */
function definitions(): object {
  const users = [ADMIN, UMLAUT_USER];
  const vhost = "/";
  return {
    vhosts: [{ name: vhost }],
    users: users.map((user) => ({
      name: user.name,
      password_hash: passwordHash(user),
      hashing_algorithm: "rabbit_password_hashing_sha256",
      tags: ["administrator"],
    })),
    permissions: users.map(({ name }) => ({ user: name, vhost, configure: ".*", write: ".*", read: ".*" })),
    exchanges: [
      { name: DOMAIN, vhost, type: "topic", durable: true, auto_delete: false, internal: false, arguments: {} },
    ],
    queues: [{ name: DEAD_LETTERS, vhost, durable: true, auto_delete: false, arguments: {} }],
    policies: [
      {
        name: "dead-letters",
        vhost,
        pattern: `^(?!${DEAD_LETTERS}$).*`,
        "apply-to": "queues",
        priority: 0,
        definition: { "dead-letter-exchange": "", "dead-letter-routing-key": DEAD_LETTERS },
      },
    ],
  };
}

/** Four random bytes, then SHA-256 over them and the password: https://www.rabbitmq.com/docs/passwords */
function passwordHash({ password }: Credentials): string {
  const salt = randomBytes(4);
  const digest = createHash("sha256").update(salt).update(password, "utf8").digest();
  return Buffer.concat([salt, digest]).toString("base64");
}

/** The port mapper belongs to the process group, so that it ends with the broker. */
async function commandLine({ directory, port }: Place, { root }: { readonly root: string }): Promise<CommandLine> {
  const erlang = join(root, "usr/lib/erlang");
  const home = join(
    root,
    "usr/lib/rabbitmq/lib",
    await onlyEntry(join(root, "usr/lib/rabbitmq/lib"), "rabbitmq_server-"),
  );
  const portMapper = join(erlang, await onlyEntry(erlang, "erts-"), "bin/epmd");
  const file = (name: string): string => join(directory, name);
  const environment = {
    PATH: [join(erlang, "bin"), process.env["PATH"] ?? ""].join(delimiter),
    HOME: file("home"),
    LC_ALL: "C.UTF-8",
    // So the script becomes the virtual machine instead of staying its parent.
    RUNNING_UNDER_SYSTEMD: "true",
    RABBITMQ_HOME: home,
    RABBITMQ_NODENAME: `xqbus${port}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: "127.0.0.1",
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(port + DISTRIBUTION),
    ERL_EPMD_ADDRESS: "127.0.0.1",
    ERL_EPMD_PORT: String(port + PORT_MAPPER),
    RABBITMQ_MNESIA_BASE: file("mnesia"),
    RABBITMQ_LOG_BASE: file("log"),
    RABBITMQ_CONFIG_FILE: file("rabbitmq"),
    RABBITMQ_ENABLED_PLUGINS_FILE: file("enabled_plugins"),
    RABBITMQ_CONF_ENV_FILE: file("env.conf"),
    // No busy waiting of idle schedulers: tests and other brokers share the machine.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none",
  };
  const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const script = '"$0" & exec "$1"';
  return ["env", ...settings, "sh", "-c", script, portMapper, join(home, "sbin/rabbitmq-server")];
}

async function onlyEntry(folder: string, prefix: string): Promise<string> {
  const found = (await readdir(folder)).find((name) => name.startsWith(prefix));
  if (found === undefined) throw new Error(`nothing in ${folder} begins with ${prefix}`);
  return found;
}
