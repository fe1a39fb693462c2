import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Option } from "commander";
import type { Command } from "commander";
import type * as Server from "../../server/index.ts";
import type { ConfigOption, Daemon } from "../../server/index.ts";
import type { Session } from "../command.ts";
import { Output } from "../io.ts";
import { portNumber } from "../options.ts";
import { untilEnd } from "../until-end.ts";
import { parseUsers } from "./access.ts";

/** What turns `serve` into a daemon. */
export interface DaemonOptions {
  readonly config?: string;
  readonly http?: number;
  readonly httpAuth?: string;
}

export const daemonOptions = (): readonly Option[] => [
  new Option("--config <file>", "a daemon with listeners and HTTP API, as a TOML file says: docs/daemon.md"),
  new Option("--http <port>", "a daemon with the HTTP API on this port, without a file or besides it").argParser(
    portNumber,
  ),
  new Option("--http-auth <how>", "none: everybody on this machine may do everything; keys: with API keys").choices([
    "keys",
    "none",
  ]),
];

/** Whether a daemon is wanted, and not only a broker. */
export function isDaemon({ config, http }: DaemonOptions, command: Command): boolean {
  const { httpAuth } = command.opts<DaemonOptions>();
  if (httpAuth !== undefined && config === undefined && http === undefined) {
    command.error("error: --http-auth needs --http or --config");
  }
  return config !== undefined || http !== undefined;
}

/** Settings of the file by the options of `serve` that say the same. */
const SAME: Readonly<Record<string, readonly [section: string, key: string]>> = {
  host: ["broker", "host"],
  port: ["broker", "port"],
  domain: ["broker", "domain"],
  users: ["broker", "users"],
  acl: ["broker", "acl"],
  policies: ["broker", "policies"],
  tlsCert: ["broker", "tls_cert"],
  tlsKey: ["broker", "tls_key"],
  tlsCa: ["broker", "tls_ca"],
  validate: ["broker", "validate"],
  schemas: ["catalog", "schemas"],
  data: ["storage", "folder"],
  http: ["http", "port"],
  httpAuth: ["http", "auth"],
};

/** Runs a daemon until Ctrl-C or SIGTERM. */
export async function serveDaemon(command: Command, { io }: Session): Promise<void> {
  const options = command.opts<DaemonOptions & { readonly json?: true; readonly user?: readonly string[] }>();
  const output = new Output(io, options.json === true);
  // A broker alone does not wait for the modules of a daemon.
  const { daemonModules, loadConfig, openLog, startDaemon } = await loadServer();
  const { config, databases } = await loadConfig({
    ...{ file: options.config, env: io.env, options: givenOptions(command) },
    needsFolder: options.config !== undefined,
  });
  io.endsWithin?.(config.daemon.shutdownTimeout + EXTRA_MS);
  // A person who tries it reads what a service would write as JSON.
  const format = options.config === undefined && options.json !== true ? "text" : config.log.format;
  await using log = await openLog({ ...config.log, format, stream: io.stderr });
  io.onHangup?.(() => log.reopen());
  const users = options.user === undefined ? undefined : parseUsers(options.user, command);
  await using daemon = await startDaemon(config, {
    ...{ log, users, databases, modules: daemonModules, signal: io.end },
  });
  await announce(daemon, output);
  log.write("info", "the daemon runs", {
    bus: daemon.bus.shownUrl,
    http: daemon.http?.url,
    folder: daemon.folder.path,
  });
  await untilEnd(io.end);
  log.write("info", "the daemon ends");
  await daemon.close();
  log.write("info", "the daemon has ended");
}

/** A function of its own: in one with `using` TypeScript 6 leaves the ending of the path as it is. */
function loadServer(): Promise<typeof Server> {
  return import("../../server/index.ts");
}

/** Ms besides those that parts may take. */
const EXTRA_MS = 2000;

function givenOptions(command: Command): readonly ConfigOption[] {
  const values: Readonly<Record<string, ConfigOption["value"]>> = command.opts();
  return Object.entries(SAME).flatMap(([name, [section, key]]) => {
    const value = values[name];
    if (value === undefined || command.getOptionValueSource(name) !== "cli") return [];
    const option = command.options.find((each) => each.attributeName() === name)?.long ?? name;
    return [{ option, section, key, value }];
  });
}

/** What is known this once: printed where the folder goes with the daemon, else in a file that only its owner can read. */
async function announce({ bus, http, folder }: Daemon, output: Output): Promise<void> {
  const { firstUser, shownUrl, broker } = bus;
  const firstKey = http?.firstKey;
  const login = {
    ...(firstUser === undefined ? {} : { bus: firstUser }),
    ...(firstKey === undefined ? {} : { http: { key: firstKey.id, secret: firstKey.secret } }),
  };
  const hasLogin = Object.keys(login).length > 0;
  const file = join(folder.path, FIRST_LOGIN);
  if (hasLogin && !folder.isTemporary)
    await writeFile(file, `${JSON.stringify(login, undefined, 2)}\n`, { mode: 0o600 });
  const shown = hasLogin && folder.isTemporary ? { login } : {};
  if (output.json) {
    const data = folder.isTemporary ? null : folder.path;
    output.value({
      url: shownUrl,
      port: broker?.port ?? null,
      http: http?.url ?? null,
      pid: process.pid,
      data,
      ...shown,
    });
    return;
  }
  const place = folder.isTemporary ? "in a folder that goes when it ends; --data DIR keeps it" : `in ${folder.path}`;
  output.line(`bus:  ${output.style("bold", shownUrl)}`);
  if (http !== undefined) output.line(`HTTP: ${output.style("bold", http.url)}`);
  if (firstKey !== undefined && folder.isTemporary) output.line(`API key: ${firstKey.id} ${firstKey.secret}`);
  output.note(`Ctrl-C ends; everything is kept ${place}`);
  if (hasLogin && !folder.isTemporary)
    output.note(`the first login is in ${file}, only for you: keep it elsewhere and remove it`);
  if (http !== undefined) output.note(`in another shell: export XQBUS_HTTP=${http.url}`);
}

const FIRST_LOGIN = "first-login.json";
