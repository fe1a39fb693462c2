import { encodeFields } from "./attach-answer.ts";
import type { BrokerContext } from "./broker-context.ts";
import { string, symbolMap, symbols, uint, ushort } from "./codec/amqp-value.ts";
import { encodeValue } from "./codec/encode-value.ts";
import { errorValue } from "./delivery-state.ts";
import { BEGIN, OPEN } from "./performatives.ts";
import type { BeginFrame, CLOSE, END } from "./performatives.ts";
import type { AmqpError } from "./protocol-fault.ts";
import { INCOMING_WINDOW, OUTGOING_WINDOW } from "./session-windows.ts";

/** Encoded null. */
const NULL: Buffer = Buffer.of(0x40);

/** The broker's open (AMQP 1.0, part 2.7.1). */
export function encodeOpen({ containerId, limits, capabilities, properties }: BrokerContext): Buffer {
  return encodeFields(OPEN, [
    encodeValue(string(containerId)),
    NULL,
    encodeValue(uint(limits.maxFrameBytes)),
    encodeValue(ushort(limits.maxSessions - 1)),
    // The broker waits twice as long as it tells (AMQP 1.0, part 2.4.5).
    encodeValue(uint(Math.floor(limits.idleTimeoutMs / 2))),
    NULL,
    NULL,
    encodeValue(symbols(capabilities)),
    NULL,
    encodeValue(symbolMap(properties)),
  ]);
}

/** The answer to a begin (AMQP 1.0, part 2.7.2). A client's own handle-max bounds the answers to its handles. */
export function encodeBegin(channel: number, { handleMax }: BeginFrame, { firstId, limits }: BrokerContext): Buffer {
  const handles = Math.min(limits.maxLinks - 1, handleMax);
  const fields = [ushort(channel), uint(firstId), uint(INCOMING_WINDOW), uint(OUTGOING_WINDOW), uint(handles)];
  return encodeFields(BEGIN, fields.map(encodeValue));
}

/** An end or a close (AMQP 1.0, part 2.7.8 and 2.7.9), with the reason if there is one. */
export function encodeEnding(descriptor: typeof END | typeof CLOSE, error: AmqpError | undefined): Buffer {
  return encodeFields(descriptor, error === undefined ? [] : [encodeValue(errorValue(error))]);
}
