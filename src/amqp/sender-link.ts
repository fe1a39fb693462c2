import type { EventContext, Sender } from "rhea";
import { awaitAttach, type LinkPurpose } from "./attach.ts";
import type { BusConnection } from "./connection.ts";
import { peerError } from "./connection-errors.ts";
import type { Deadline } from "./deadline.ts";
import type { Terminus } from "./dialects/index.ts";
import type { PendingSends, SendPort } from "./pending-sends.ts";
import { describedOutcome, remainingCredit } from "./rhea-internals.ts";
import type { SendOutcome } from "./send-outcome.ts";

/** Format of a message as AMQP 1.0 defines it (part 3.2.16); given, rhea takes the bytes as they are. */
const AMQP_MESSAGE_FORMAT = 0;

/** The node that a sender is attached to, when it is not the domain's topic. */
export interface SenderTarget {
  readonly terminus: Terminus;
  readonly purpose: LinkPurpose;
}

/**
 * Attaches a sender to the domain's topic, or to another node, and tells `sends` of credit and outcomes. Every message wants an outcome of its own (settle
 * mode unsettled).
 *
 * @throws RefusedError the broker knows no such topic, or does not let this user send to it; else as `connection.wait`
 */
export async function attachSender(
  connection: BusConnection,
  sends: PendingSends,
  deadline: Deadline,
  target?: SenderTarget,
): Promise<SendPort> {
  const sender = openSender(connection, target?.terminus ?? connection.dialect.publishTo(connection.url.domain));
  const port = portOf(sender, sends);
  await awaitAttach(connection, sender, deadline, target?.purpose);
  return port;
}

/** Asks for a sender; whether the broker attaches it shows later. */
export function openSender(connection: BusConnection, { address, capabilities }: Terminus): Sender {
  return connection.session.open_sender({
    target: { address, ...(capabilities === undefined ? {} : { capabilities: [...capabilities] }) },
    snd_settle_mode: 0,
    treat_modified_as_released: false,
  });
}

/** The link as `sends` uses it, which is told of its credit and outcomes. */
export function portOf(sender: Sender, sends: PendingSends): SendPort {
  const port = new SenderPort(sender);
  const settle = (context: EventContext, outcome: SendOutcome): void => {
    const { delivery } = context;
    if (delivery === undefined) return;
    sends.settle(port, delivery.id, outcome);
    // A broker that waits for our settlement (receiver settle mode second) gets it, with its own word.
    if (!delivery.remote_settled) delivery.update(true, describedOutcome(delivery));
  };
  sender.on("sendable", () => sends.pump());
  for (const kind of ["accepted", "released"] as const) {
    sender.on(kind, (context: EventContext) => settle(context, { kind }));
  }
  sender.on("modified", (context: EventContext) => {
    settle(context, { kind: "modified", undeliverable: stateOf(context)?.["undeliverable_here"] === true });
  });
  sender.on("rejected", (context: EventContext) => {
    const error = peerError(stateOf(context)?.["error"]);
    settle(context, { kind: "rejected", condition: error?.condition, description: error?.description });
  });
  // Comes behind the outcome, if there was one.
  sender.on("settled", (context: EventContext) => settle(context, { kind: "none" }));
  return port;
}

function stateOf({ delivery }: EventContext): Readonly<Record<string, unknown>> | undefined {
  return delivery?.remote_state;
}

class SenderPort implements SendPort {
  readonly #sender: Sender;
  #sent = 0;

  constructor(sender: Sender) {
    this.#sender = sender;
  }

  ready(): boolean {
    return remainingCredit(this.#sender, this.#sent) > 0 && this.#sender.sendable();
  }

  transfer(message: Buffer): number {
    this.#sent++;
    return this.#sender.send(message, undefined, AMQP_MESSAGE_FORMAT).id;
  }
}
