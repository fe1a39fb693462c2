/** Publisher and consumers in one process, whose own cost is not measured: stock rhea with as little as can be done. */
import { once } from "node:events";
import rhea from "rhea";
import type { Connection, EventContext, Sender } from "rhea";
import { answerWith } from "../child.ts";
import { eventOf } from "./events.ts";
import type { LoadAnswer, LoadRequest, Terminus } from "./protocol.ts";

const CREDIT = 100;
/** Receivers that are attached at the same time. */
const ATTACHING = 50;

let connection: Connection | undefined;
let sender: Sender | undefined;
let received = 0;
let wanted = Infinity;
let reached: () => void = () => undefined;

answerWith<LoadRequest, LoadAnswer>(async (request) => {
  if (request.kind === "exchange") await exchange(request);
  else await open(request);
  return { kind: "done" };
});

async function open({ url, topic, sources }: LoadRequest & { kind: "open" }): Promise<void> {
  const { hostname: host, port, username, password } = new URL(url);
  connection = rhea.create_container().connect({
    ...{ host, port: Number(port), username, password, reconnect: false, tcp_no_delay: true },
  });
  connection.on("session_error", (context: EventContext) => console.error(context.session?.error));
  for (let first = 0; first < sources.length; first += ATTACHING) {
    await Promise.all(sources.slice(first, first + ATTACHING).map((source) => receive(source)));
  }
  sender = connection.open_sender({ target: termini(topic) });
  await once(sender, "sendable");
}

async function receive({ selector, ...source }: Terminus & { readonly selector?: string }): Promise<void> {
  const filter =
    selector === undefined
      ? {}
      : { filter: { selector: rhea.types.wrap_described(selector, "apache.org:selector-filter:string") } };
  const receiver = connection?.open_receiver({ source: { ...termini(source), ...filter }, credit_window: CREDIT });
  if (receiver === undefined) return;
  receiver.on("message", () => {
    if (++received >= wanted) reached();
  });
  await once(receiver, "receiver_open");
}

function termini({ address, capabilities }: Terminus): { address: string; capabilities?: string[] } {
  return { address, ...(capabilities === undefined ? {} : { capabilities: [...capabilities] }) };
}

async function exchange({ from, count, values, copies }: LoadRequest & { kind: "exchange" }): Promise<void> {
  const link = sender;
  if (link === undefined) return;
  received = 0;
  wanted = copies;
  const done = new Promise<void>((resolve) => (reached = resolve));
  let sent = 0;
  const pump = (): void => {
    while (sent < count && link.sendable()) {
      const number = (from + sent) % values;
      link.send({
        message_id: `e${from + sent}`,
        durable: true,
        body: eventOf(number),
        application_properties: { CallerId: `c${number}` },
      });
      sent++;
    }
  };
  link.on("sendable", pump);
  pump();
  await done;
  link.removeListener("sendable", pump);
}
