import { AMQPEventConsumer, parseBusUrls } from "../../../amqp/index.ts";
import { counted } from "../../../counted.ts";
import type { Session } from "../../command.ts";
import { Output } from "../../io.ts";
import { inCommandWords } from "../../command-words.ts";
import { visibleText } from "../../visible-text.ts";
import { busUrl, connectOptions, jsonOption, urlOptions, type UrlOptions } from "../../options.ts";
import { subscriptionName } from "../../subscription-options.ts";
import type { AddSubscriptionCommand } from "../subscription.ts";
import { endRoute, type EndedRoute } from "./end-route.ts";

interface DeleteOptions extends UrlOptions {
  readonly shared?: true;
  readonly dryRun?: true;
  readonly json?: true;
}

export const addSubscriptionDelete: AddSubscriptionCommand = (subscription, session) => {
  const command = subscription
    .command("delete")
    .description(
      "end a durable subscription: the broker throws away what waits in it, and keeps nothing for it any more",
    )
    .argument("<name>", "the name that listen was given with --durable", subscriptionName)
    .option("--shared", "the subscription is a shared one: listen was given --shared, too")
    .option("--dry-run", "say what would be ended; connects to nothing");
  for (const option of [...urlOptions(), jsonOption()]) command.addOption(option);
  command
    .addHelpText(
      "after",
      `
Examples:
  xqbus subscription delete phones --dry-run
  xqbus subscription delete phones
  xqbus subscription delete workers --shared

Where daemons fill a queue for it ("xqbus route list"), that ends, too, and what waited is counted.
Whoever listens to it at this moment loses it: listen ends with an error; where daemons filter, it makes it again after
a minute or so, so end listen first. How many events wait only the broker can tell,
so that neither this command nor its --dry-run counts them. A name that the broker does not know is no error.`,
    )
    .action(async (name: string, options: DeleteOptions) => {
      const output = new Output(session.io, options.json === true);
      const url = busUrl(options, session.io);
      const [{ domain, safe }] = parseBusUrls(url);
      const { shared = false, dryRun = false } = options;
      const ended = dryRun ? undefined : await end(url, name, shared, options, session);
      const subscriptions = 1;
      if (output.json) {
        output.value({ dryRun, subscriptions, subscription: name, domain, shared, ...inJson(ended) });
        return;
      }
      const route = ended?.kind === "ended" ? `, with its route${waited(ended)}` : "";
      output.line(`${dryRun ? "would end" : "ended"} ${subscriptions} subscription, "${name}" of ${safe}${route}`);
      if (ended?.kind === "unasked") {
        const hint = `where daemons fill a queue for it, that goes on: xqbus route delete ${name}`;
        output.note(`no daemon answered (${visibleText(inCommandWords(ended.reason))}); ${hint}`);
      }
    });
};

/** The one of the broker, and that of daemons. @returns undefined: daemons have none there */
async function end(
  url: string,
  name: string,
  shared: boolean,
  options: DeleteOptions,
  { io }: Session,
): Promise<EndedRoute | undefined> {
  const connect = await connectOptions(options, io);
  const limits = { timeoutMs: options.timeout * 1000, signal: io.signal };
  await using consumer = await AMQPEventConsumer.open(url, {
    ...connect,
    ...{ durable: name, shared, prefetch: 1, reconnect: false },
  });
  await consumer.unsubscribe(limits);
  const isOurs = consumer.placement?.dialect === "embedded";
  return shared || isOurs ? undefined : endRoute(url, name, connect, limits);
}

function inJson(ended: EndedRoute | undefined): object {
  if (ended === undefined) return {};
  if (ended.kind === "unasked") return { routes: null };
  return ended.kind === "none" ? { routes: 0 } : { routes: 1, waiting: ended.waiting };
}

function waited({ waiting }: EndedRoute & { readonly kind: "ended" }): string {
  return waiting === null ? "" : ` and ${counted(waiting, "event")} that waited for it`;
}
