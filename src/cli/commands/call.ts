import { AMQPServiceProxy } from "../../service/index.ts";
import type { AddCommand, Session } from "../command.ts";
import { Output } from "../io.ts";
import { busUrl, connectOptions, jsonOption, urlOptions } from "../options.ts";
import type { UrlOptions } from "../options.ts";
import { visibleText } from "../visible-text.ts";

interface CallOptions extends UrlOptions {
  readonly json?: true;
}

/** Adds `call`: a method of a service on the bus, as anybody may call it. */
export const addCall: AddCommand = (program, session) => {
  const command = program
    .command("call")
    .description("call a method of a service and print its result")
    .argument("<service>", "name of the service: its queue is DOMAIN.command.SERVICE")
    .argument("<method>", "name of the method; getMethods lists them")
    .argument("[args...]", "parameters in their order: JSON where it is JSON, else text");
  for (const option of [...urlOptions(), jsonOption()]) command.addOption(option);
  command
    .addHelpText(
      "after",
      `
Examples:
  xqbus call core getMethods
  xqbus call core add 1 2
  xqbus call core add 1 2 --json --timeout 5
  xqbus call core greet '{"name": "Ada"}'
  xqbus call core find '"12"'                            a text that looks like a number
  xqbus call core shift -- -1                            what begins with a dash comes behind --

Exit code 0 for a result, 1 for an error of the service or the bus, 2 for a wrong command line.`,
    )
    .action(async (service: string, method: string, args: readonly string[], options: CallOptions) =>
      call(service, method, args, options, session),
    );
};

async function call(
  service: string,
  method: string,
  args: readonly string[],
  options: CallOptions,
  session: Session,
): Promise<void> {
  const output = new Output(session.io, options.json === true);
  const url = busUrl(options, session.io);
  await using proxy = new AMQPServiceProxy(url, { ...(await connectOptions(options, session.io)), service });
  const limits = { timeoutMs: options.timeout * 1000, signal: session.io.signal };
  const result = await proxy.call(method, args.map(valueOf), limits);
  if (output.json) output.value({ result });
  else output.line(visibleText(typeof result === "string" ? result : JSON.stringify(result, undefined, 2)));
}

/** A parameter as JSON; what is none is a text. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
