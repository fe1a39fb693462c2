import type { Command } from "commander";
import { Option } from "commander";
import { withoutPasswords } from "../../amqp/index.ts";
import { startBroker } from "../../broker/index.ts";
import type { Broker, BrokerLogRecord } from "../../broker/index.ts";
import { aclOption, usersOption } from "../access-files.ts";
import type { AddCommand, Session } from "../command.ts";
import { assertNotMigrated, holdFolder, readQueuePoliciesFile } from "../../daemon/index.ts";
import { Output } from "../io.ts";
import { collect, jsonOption, portNumber } from "../options.ts";
import { openAccess } from "../serve/access.ts";
import type { ServeAccessOptions, ServedAccess } from "../serve/access.ts";
import { changeReport } from "../serve/change-report.ts";
import { daemonOptions, isDaemon, serveDaemon } from "../serve/daemon.ts";
import type { DaemonOptions } from "../serve/daemon.ts";
import { openTls, tlsOptions } from "../serve/tls.ts";
import type { ServeTlsOptions } from "../serve/tls.ts";
import { openValidation, validationOptions } from "../serve/validation.ts";
import type { ValidationOptions } from "../serve/validation.ts";
import { storeIn } from "../store-problems.ts";
import { untilEnd } from "../until-end.ts";
import { visibleText } from "../visible-text.ts";

interface ServeOptions extends ServeAccessOptions, ServeTlsOptions, ValidationOptions, DaemonOptions {
  readonly port: number;
  readonly host: string;
  readonly domain: string;
  readonly policies?: string;
  readonly json?: true;
}

export const addServe: AddCommand = (program, session) => {
  const command: Command = program
    .command("serve")
    .description("start a broker on this machine, or with --http or --config a daemon; Ctrl-C ends it")
    .addOption(new Option("--port <port>", "port to listen on; 0 takes a free one").default(5672).argParser(portNumber))
    .option("--host <address>", "address to listen on; only this machine can connect unless it is changed", "127.0.0.1")
    .option("--domain <name>", "domain in the URL that is printed", "org.clacks")
    .addOption(
      new Option(
        "--user <name:password>",
        "who may connect; may be repeated; its password is never printed (default: admin with a random password)",
      )
        .argParser(collect)
        .conflicts("users"),
    )
    .option(
      "--data <dir>",
      "folder of this broker, made when missing: messages, users.json, acl.json; one broker at a time",
    )
    .option(
      "--policies <file>",
      'file { "queues": [ … ] } of limits of certain queues, and what happens at them: docs/broker.md, "Queues"',
    )
    .addOption(usersOption())
    .addOption(aclOption());
  for (const option of [...tlsOptions(), ...validationOptions(), ...daemonOptions(), jsonOption()])
    command.addOption(option);
  command.addHelpText(
    "after",
    `
Examples:
  xqbus serve
  xqbus serve --port 5673 --user admin:secret
  xqbus serve --schemas ./my-events
  xqbus serve --http 8672 --http-auth none
  xqbus serve --config /etc/xqbus/xqbus.toml
  xqbus serve --data ./bus --acl acl.json
  xqbus serve --host 0.0.0.0 --tls-cert server.pem --tls-key server.key --user admin:secret

The URL that is printed, also with --json, has *** in place of a password that --user gave, or of which only the hash is known
(xqbus user add): put it in yourself. A new data folder gets a user admin, whose password is shown this once.
Files of users, rules, certificates and schemas take effect when they change.
Topics take events only, and refuse those that are not valid: docs/broker.md, "Validation at the door".
Without --data messages are kept in memory: what nobody has received is gone when the broker ends. With it queues and kept
subscriptions are on disk before a publisher hears "accepted": docs/broker.md, "Messages on disk".
A daemon has listeners and an HTTP API besides; options given here win over its file: docs/daemon.md.`,
  );
  command.action(async (options: ServeOptions) => serve(options, command, session));
};

async function serve(options: ServeOptions, command: Command, session: Session): Promise<void> {
  if (isDaemon(options, command)) return serveDaemon(command, session);
  const output = new Output(session.io, options.json === true);
  const tls = await openTls(options, command);
  const queuePolicies = options.policies === undefined ? [] : await readQueuePoliciesFile(options.policies);
  await using folder = options.data === undefined ? undefined : await holdFolder(options.data);
  if (folder !== undefined) await assertNotMigrated(folder.path);
  const access = await openAccess(folder === undefined ? options : { ...options, data: folder.path }, command);
  using validation = await openValidation(options, output);
  await using broker = await startBroker({
    ...validation.hooks,
    ...access.options,
    ...tls.options,
    host: options.host,
    port: options.port,
    unrouted: true,
    queuePolicies,
    ...(folder === undefined ? {} : { store: storeIn(folder.path, output) }),
    log: (record) => output.warning(visibleText(logLine(record)), { ...record }),
  });
  for (const files of [access, tls]) await files.follow(broker, changeReport(output), session.io.end);
  announce(broker, options, access, output);
  await untilEnd(session.io.end);
  const { received, delivered } = broker.counts;
  output.note(`ended after ${received} messages in, ${delivered} out`);
}

function announce(broker: Broker, { domain, data }: ServeOptions, access: ServedAccess, output: Output): void {
  const { showsPassword, hint } = access;
  const known = broker.url(undefined, domain);
  const url = showsPassword ? known : withoutPasswords(known);
  if (output.json) {
    output.value({ url, host: broker.host, port: broker.port, pid: process.pid, data: data ?? null });
    return;
  }
  const place = data === undefined ? "in memory" : `in ${data}`;
  output.line(`listening on ${broker.host}:${broker.port} (Ctrl-C ends; messages are kept ${place})`);
  output.line(`URL: ${output.style("bold", url)}`);
  if (showsPassword) output.note(`in another shell: export XQBUS_URL='${url}'`);
  if (hint !== undefined) output.note(hint);
}

/** `10.0.0.1 51234: a login of user "ada" failed (xqbus:authentication-failed)`. */
function logLine({ peer, message, code, suppressed }: BrokerLogRecord): string {
  const more = suppressed === 0 ? "" : `, and ${suppressed} times before`;
  return `${peer}: ${message} (${code}${more})`;
}
