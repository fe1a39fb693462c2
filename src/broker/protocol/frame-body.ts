import { ProtocolFault } from "./protocol-fault.ts";

/** Bytes of a frame's own header (AMQP 1.0, part 2.3.1): size, data offset, type, two bytes by type. */
const FRAME_HEADER_BYTES = 8;

/**
 * Where the body of a complete frame starts.
 *
 * @throws ProtocolFault `amqp:connection:framing-error` for another frame type or an impossible data offset
 */
export function frameBody(frame: Buffer, type: number): number {
  const dataOffset = frame[4] ?? 0;
  if (frame.length < FRAME_HEADER_BYTES || dataOffset < 2 || dataOffset * 4 > frame.length) {
    throw framingError(`a frame of ${frame.length} bytes has the data offset ${dataOffset}; expected at least 2 words`);
  }
  if (frame[5] !== type) throw framingError(`a frame has type ${frame[5]}; expected ${type}`);
  return dataOffset * 4;
}

function framingError(description: string): ProtocolFault {
  return new ProtocolFault("amqp:connection:framing-error", description);
}
