import type { Command } from "commander";
import { Option } from "commander";
import type { Broker, BrokerOptions, BrokerTlsOptions } from "../../broker/index.ts";
import { watchFiles } from "../../daemon/index.ts";
import type { Output } from "../io.ts";
import { readTextFile } from "../options.ts";
import { errorToJson } from "../report-error.ts";

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

/** How the broker of `serve` speaks TLS. */
export interface ServedTls {
  readonly options: Pick<BrokerOptions, "tls" | "externalUsers">;
  /** Follows the files as they change, until the signal. A broken pair leaves the one from before in use. */
  follow(broker: Broker, output: Output, signal: AbortSignal): Promise<void>;
}

export async function openTls({ tlsCert, tlsKey, tlsCa }: ServeTlsOptions, command: Command): Promise<ServedTls> {
  if (tlsCert === undefined && tlsKey === undefined && tlsCa === undefined) {
    return { options: {}, follow: async () => undefined };
  }
  if (tlsCert === undefined || tlsKey === undefined) {
    return command.error(
      tlsCa !== undefined && tlsCert === tlsKey
        ? "error: --tls-ca needs --tls-cert and --tls-key"
        : "error: --tls-cert and --tls-key belong together",
    );
  }
  const files = [tlsCert, tlsKey, ...(tlsCa === undefined ? [] : [tlsCa])];
  const read = async (): Promise<BrokerTlsOptions> => ({
    cert: await readTextFile(tlsCert),
    key: await readTextFile(tlsKey),
    ...(tlsCa === undefined ? {} : { ca: await readTextFile(tlsCa), requestCert: true }),
  });
  const options = { tls: await read(), ...(tlsCa === undefined ? {} : { externalUsers: "common-name" as const }) };
  const follow: ServedTls["follow"] = async (broker, output, signal) => {
    const onChange = async (): Promise<void> => {
      try {
        broker.reloadTls(await read());
        output.note("the TLS certificate changed");
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        output.warning(`the TLS certificate stays as it was: ${reason}`, errorToJson(error));
      }
    };
    await watchFiles(files, onChange, { signal });
  };
  return { options, follow };
}
