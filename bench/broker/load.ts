import { LeanClient } from "./lean-client.ts";

/** What the parent asks: connect so many receivers and a sender, then send. */
export type LoadRequest =
  | { readonly kind: "open"; readonly url: string; readonly receivers: number }
  | { readonly kind: "exchange"; readonly count: number };

/** Bytes of the body of each message. */
const BODY_BYTES = 400;
const ADDRESS = "org.clacks";

/** An amqp-value section with a string of 400 bytes. */
const MESSAGE: Buffer = Buffer.concat([
  Buffer.from([0x00, 0x53, 0x77, 0xb1, 0, 0, BODY_BYTES >> 8, BODY_BYTES & 0xff]),
  Buffer.alloc(BODY_BYTES, "x"),
]);

let sender: LeanClient | undefined;
let receivers: readonly LeanClient[] = [];

async function perform(request: LoadRequest): Promise<void> {
  if (request.kind === "exchange") {
    const received = receivers.map((receiver) => receiver.receive(request.count));
    await Promise.all([sender?.send(MESSAGE, request.count), ...received]);
    return;
  }
  const { url } = request;
  receivers = await Promise.all(
    Array.from({ length: request.receivers }, (_, i) =>
      LeanClient.open({ url, containerId: `receiver ${i}`, role: "receiver", address: ADDRESS }),
    ),
  );
  sender = await LeanClient.open({ url, containerId: "sender", role: "sender", address: ADDRESS });
}

process.on("message", (request: LoadRequest) => {
  perform(request).then(
    () => process.send?.({ done: true }),
    (error: unknown) =>
      process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
// The parent is gone.
process.on("disconnect", () => process.exit());
