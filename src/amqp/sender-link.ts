import type { EventContext, Sender } from "rhea";
import { awaitAttach } from "./attach.ts";
import type { BusConnection } from "./connection.ts";
import { peerError } from "./connection-errors.ts";
import type { Deadline } from "./deadline.ts";
import { NotConnectedError } from "./errors.ts";
import { PendingSends, type SendOutcome, type SendPort } from "./pending-sends.ts";
import { describedOutcome, remainingCredit } from "./rhea-internals.ts";

/** Format of a message as AMQP 1.0 defines it (part 3.2.16); given, rhea takes the bytes as they are. */
const AMQP_MESSAGE_FORMAT = 0;

/**
 * Attaches a sender to the domain's topic. Every message wants an outcome of its own (settle mode unsettled).
 *
 * @throws RefusedError the broker knows no such topic, or does not let this user send to it; else as `connection.wait`
 */
export async function attachSender(connection: BusConnection, deadline: Deadline): Promise<PendingSends> {
  const { address, capabilities } = connection.dialect.publishTo(connection.url.domain);
  const sender = connection.session.open_sender({
    target: { address, ...(capabilities === undefined ? {} : { capabilities: [...capabilities] }) },
    snd_settle_mode: 0,
    treat_modified_as_released: false,
  });
  const sends = new PendingSends(new SenderPort(sender));
  sender.on("sendable", () => sends.pump());
  for (const kind of ["accepted", "released", "modified"] as const) {
    sender.on(kind, (context: EventContext) => settle(sends, context, { kind }));
  }
  sender.on("rejected", (context: EventContext) => {
    const error = peerError(context.delivery?.remote_state?.["error"]);
    settle(sends, context, { kind: "rejected", condition: error?.condition, description: error?.description });
  });
  // Comes behind the outcome, if there was one.
  sender.on("settled", (context: EventContext) => settle(sends, context, { kind: "none" }));
  connection.onLost((error) => {
    const unknown = `the connection was lost before the broker answered: whether it has the event is unknown (${error.message})`;
    sends.fail(
      new NotConnectedError(`the event was not sent: ${error.message}`, { cause: error }),
      new NotConnectedError(unknown, { cause: error }),
    );
  });
  await awaitAttach(connection, sender, deadline);
  return sends;
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

function settle(sends: PendingSends, context: EventContext, outcome: SendOutcome): void {
  const { delivery } = context;
  if (delivery === undefined) return;
  sends.settle(delivery.id, outcome);
  // A broker that waits for our settlement (receiver settle mode second) gets it, with its own word.
  if (!delivery.remote_settled) delivery.update(true, describedOutcome(delivery));
}
