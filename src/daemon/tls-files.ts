import type { Broker, BrokerOptions, BrokerTlsOptions } from "../broker/index.ts";
import { reportChange } from "./change-report.ts";
import type { ChangeReport } from "./change-report.ts";
import { readTextFile } from "./read-text-file.ts";
import { watchFiles } from "./watch-files.ts";

/** The PEM files of a broker. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
  /** The authority of clients' certificates, which all of them need then; their common names may log in as users. */
  readonly ca?: string | undefined;
}

/** What takes other certificates while it runs: a broker, the HTTP API. */
export type TlsServer = Pick<Broker, "reloadTls">;

/** How a broker speaks TLS whose certificates are in files. */
export interface OpenTls {
  readonly options: Pick<BrokerOptions, "tls" | "externalUsers">;
  /** Follows the files as they change, until the signal. A broken pair leaves the one from before in use. */
  follow(server: TlsServer, report: ChangeReport, signal: AbortSignal): Promise<void>;
}

/**
 * @param files undefined: no TLS
 * @throws XqbusError `xqbus:unreadable`
 */
export async function openTlsFiles(files: TlsFiles | undefined): Promise<OpenTls> {
  if (files === undefined) return { options: {}, follow: async () => undefined };
  const { cert, key, ca } = files;
  const read = async (): Promise<BrokerTlsOptions> => ({
    cert: await readTextFile(cert),
    key: await readTextFile(key),
    ...(ca === undefined ? {} : { ca: await readTextFile(ca), requestCert: true }),
  });
  return {
    options: { tls: await read(), ...(ca === undefined ? {} : { externalUsers: "common-name" as const }) },
    follow: async (server, report, signal) => {
      const reread = async (): Promise<string> => {
        server.reloadTls(await read());
        return "the TLS certificate changed";
      };
      const onChange = (): Promise<void> => reportChange(report, "the TLS certificate stays as it was", reread);
      await watchFiles([cert, key, ...(ca === undefined ? [] : [ca])], onChange, { signal });
    },
  };
}
