import type { Command } from "commander";
import { Option } from "commander";
import { startBroker } from "../../broker/index.ts";
import type { Broker, BrokerOptions } from "../../broker/index.ts";
import type { AddCommand, Session } from "../command.ts";
import { dataFolder } from "../data-folder.ts";
import { Output } from "../io.ts";
import { collect, jsonOption, portNumber, readTextFile } from "../options.ts";
import { openValidation, validationOptions } from "../serve/validation.ts";
import type { ValidationOptions } from "../serve/validation.ts";
import { withoutPasswords } from "../visible-text.ts";

interface ServeOptions extends ValidationOptions {
  readonly port: number;
  readonly host: string;
  readonly domain: string;
  readonly user?: readonly string[];
  readonly data?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly json?: true;
}

export const addServe: AddCommand = (program, session) => {
  const command: Command = program
    .command("serve")
    .description("start a broker on this machine; Ctrl-C ends it")
    .addOption(new Option("--port <port>", "port to listen on; 0 takes a free one").default(5672).argParser(portNumber))
    .option("--host <address>", "address to listen on; only this machine can connect unless it is changed", "127.0.0.1")
    .option("--domain <name>", "domain in the URL that is printed", "org.clacks")
    .addOption(
      new Option(
        "--user <name:password>",
        "who may connect; may be repeated; its password is never printed (default: admin with a random password)",
      ).argParser(collect),
    )
    .option("--data <dir>", "folder of this broker: keeps the random password across restarts, one broker at a time")
    .option("--tls-cert <file>", "PEM certificate: amqps instead of amqp (needs --tls-key)")
    .option("--tls-key <file>", "PEM private key")
    .addOption(jsonOption());
  for (const option of validationOptions()) command.addOption(option);
  command.addHelpText(
    "after",
    `
Examples:
  xqbus serve
  xqbus serve --port 5673 --user admin:secret
  xqbus serve --schemas ./my-events
  xqbus serve --host 0.0.0.0 --tls-cert server.pem --tls-key server.key --user admin:secret

The URL that is printed, also with --json, has *** in place of a password that --user gave: put it in yourself.
Topics take events only, and refuse those that are not valid: docs/broker.md, "Validation at the door".
Messages are kept in memory: what nobody has received is gone when the broker ends.`,
  );
  command.action(async (options: ServeOptions) => serve(options, command, session));
};

async function serve(options: ServeOptions, command: Command, session: Session): Promise<void> {
  const output = new Output(session.io, options.json === true);
  if ((options.tlsCert === undefined) !== (options.tlsKey === undefined)) {
    command.error("error: --tls-cert and --tls-key belong together");
  }
  const given = options.user === undefined ? undefined : parseUsers(options.user, command);
  await using folder = options.data === undefined ? undefined : await dataFolder(options.data);
  const users = given ?? (folder === undefined ? undefined : await folder.users());
  using validation = await openValidation(options, output);
  const brokerOptions: BrokerOptions = {
    ...validation.hooks,
    host: options.host,
    port: options.port,
    unrouted: true,
    ...(users === undefined ? {} : { users }),
    ...(options.tlsCert === undefined || options.tlsKey === undefined
      ? {}
      : { tls: { cert: await readTextFile(options.tlsCert), key: await readTextFile(options.tlsKey) } }),
  };
  await using broker = await startBroker(brokerOptions);
  announce(broker, options.domain, given === undefined ? undefined : Object.keys(given)[0], output);
  await aborted(session.io.end);
  const { received, delivered } = broker.counts;
  output.note(`ended after ${received} messages in, ${delivered} out`);
}

/** @param user the first one of `--user`: a password that the person gave is not repeated on the screen */
function announce(broker: Broker, domain: string, user: string | undefined, output: Output): void {
  const url = user === undefined ? broker.url(undefined, domain) : withoutPasswords(broker.url(user, domain));
  if (output.json) {
    output.value({ url, host: broker.host, port: broker.port, pid: process.pid });
    return;
  }
  output.line(`listening on ${broker.host}:${broker.port} (Ctrl-C ends; messages are kept in memory)`);
  output.line(`URL: ${output.style("bold", url)}`);
  output.note(user === undefined ? `in another shell: export XQBUS_URL='${url}'` : "the password is the one you gave");
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Not the option's own parser, because commander repeats what that one refuses: here it may be a password. */
function parseUsers(users: readonly string[], command: Command): Readonly<Record<string, string>> {
  const passwords = new Map<string, string>();
  for (const user of users) {
    const colon = user.indexOf(":");
    if (colon <= 0 || colon === user.length - 1) command.error("error: --user must be NAME:PASSWORD");
    const name = user.slice(0, colon);
    if (passwords.has(name)) command.error(`error: --user names "${name}" twice; a user has one password`);
    passwords.set(name, user.slice(colon + 1));
  }
  return Object.fromEntries(passwords);
}
