import type { Command } from "commander";
import { Option } from "commander";
import { openTlsFiles } from "../../daemon/index.ts";
import type { OpenTls } from "../../daemon/index.ts";

/** The PEM files of `serve`. */
export interface ServeTlsOptions {
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsCa?: string;
}

export const tlsOptions = (): readonly Option[] => [
  new Option("--tls-cert <file>", "PEM certificate: amqps instead of amqp (needs --tls-key); followed as it changes"),
  new Option("--tls-key <file>", "PEM private key"),
  new Option(
    "--tls-ca <file>",
    "PEM authority of clients' certificates: every client needs one, and its common name may log in as the user of that name",
  ),
];

/** The files, where they are given as they belong together. */
export async function openTls({ tlsCert, tlsKey, tlsCa }: ServeTlsOptions, command: Command): Promise<OpenTls> {
  if (tlsCert === undefined && tlsKey === undefined && tlsCa === undefined) return openTlsFiles(undefined);
  if (tlsCert === undefined || tlsKey === undefined) {
    return command.error(
      tlsCa !== undefined && tlsCert === tlsKey
        ? "error: --tls-ca needs --tls-cert and --tls-key"
        : "error: --tls-cert and --tls-key belong together",
    );
  }
  return openTlsFiles({ cert: tlsCert, key: tlsKey, ca: tlsCa });
}
