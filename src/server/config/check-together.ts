import { nearestName } from "../../nearest-name.ts";
import type { DaemonConfig } from "./daemon-config.ts";

/** Something that is wrong between settings. */
export interface TogetherProblem {
  /** All that it depends on, the ones at fault first. */
  readonly settings: readonly string[];
  readonly message: string;
}

/** What is wrong with settings that can be used each by itself. */
export function checkTogether(
  config: DaemonConfig,
  needsFolder: boolean,
  databases: Readonly<Record<string, string>>,
): readonly TogetherProblem[] {
  const { action, broker, http, email, storage, producer } = config;
  const problems: TogetherProblem[] = [];
  const tell = (message: string, ...settings: readonly string[]): void => void problems.push({ settings, message });
  if (needsFolder && storage.folder === undefined) {
    tell(
      'storage.folder is missing: where everything is kept; expected folder = "/var/lib/xqbus" in [storage]',
      "storage.folder",
    );
  }
  for (const [section, { tlsCert, tlsKey }] of [
    ["broker", broker],
    ["http", http],
  ] as const) {
    if ((tlsCert === undefined) === (tlsKey === undefined)) continue;
    tell(
      `${section}.tls_cert and ${section}.tls_key belong together; one of them is missing`,
      `${section}.tls_cert`,
      `${section}.tls_key`,
    );
  }
  if (broker.url === undefined && broker.tlsCa !== undefined && broker.tlsCert === undefined) {
    tell(
      "broker.tls_ca is about certificates of clients; it needs broker.tls_cert and broker.tls_key",
      "broker.tls_ca",
      "broker.tls_cert",
      "broker.url",
    );
  }
  if (broker.url !== undefined) {
    for (const name of ["users", "acl", "policies", "tlsCert"] as const) {
      if (broker[name] === undefined) continue;
      const key = `broker.${name === "tlsCert" ? "tls_cert" : name}`;
      tell(`${key} is of no use with broker.url: the other broker has its own; leave one of them away`, key);
    }
  }
  if (http.enabled && http.auth === "none" && !isLoopback(http.host)) {
    tell(
      `http.auth is "none" and http.host is "${http.host}": everybody could do everything; expected "keys", or 127.0.0.1`,
      "http.auth",
      "http.host",
    );
  }
  if (email.host !== undefined && email.from === undefined) {
    tell("email.from is missing: the sender of the mail that email.host is for", "email.from", "email.host");
  }
  if (email.host === undefined && (email.user !== undefined || email.from !== undefined)) {
    tell("email.host is missing: the mail server", "email.host", "email.user", "email.from");
  }
  if ((email.user === undefined) !== (email.password === undefined)) {
    tell("email.user and email.password belong together; one of them is missing", "email.user", "email.password");
  }
  for (const name of producer.databases) {
    if (Object.hasOwn(databases, name)) continue;
    const near = nearestName(name, Object.keys(databases));
    const hint =
      near === undefined ? `expected "${name}" = "postgres://…" in it` : `did you mean ${JSON.stringify(near)}?`;
    tell(`producer.databases has ${JSON.stringify(name)}, which is not in [databases]; ${hint}`, "producer.databases");
  }
  if (action.maxInputBytes > action.maxMessageBytes) {
    tell(
      "action.max_input_bytes is more than action.max_message_bytes; an input could not reach the process of its action",
      "action.max_input_bytes",
      "action.max_message_bytes",
    );
  }
  if (storage.keepBodies > storage.keepDeliveries) {
    tell(
      "storage.keep_bodies is longer than storage.keep_deliveries; the event of a delivery is not kept longer than its record",
      "storage.keep_bodies",
      "storage.keep_deliveries",
    );
  }
  return problems;
}

/** Whether only this machine can reach what listens there. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);
}
