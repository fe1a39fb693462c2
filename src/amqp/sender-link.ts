import type { Sender } from "rhea";
import { awaitAttach, type LinkPurpose } from "./attach.ts";
import type { BusConnection } from "./connection.ts";
import type { Deadline } from "./deadline.ts";
import type { Terminus } from "./dialects/index.ts";
import { OutgoingTransfers } from "./outgoing-transfers.ts";
import type { PendingSends, SendPort } from "./pending-sends.ts";

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
  const port = OutgoingTransfers.portOf(sender, {
    onRoom: () => sends.pump(),
    onOutcome: (delivery, outcome) => sends.settle(port, delivery, outcome),
  });
  return port;
}
