/** The values of one PhoneStatus event. */
export interface PhoneStatus {
  readonly callerId: string;
  readonly receiverId: string;
  readonly status: string;
}

const STATES = ["busy", "ringing", "idle"];
const COUNT = 1024;

/** Different values, so that nothing can be remembered from the last event; one in 16 holds a character to escape. */
const PHONE_STATUSES: readonly PhoneStatus[] = Array.from({ length: COUNT }, (_, index) => ({
  callerId: `0${index * 7919}`,
  receiverId: String(index * 104_729),
  status: index % 16 === 0 ? "up & running" : (STATES[index % STATES.length] ?? ""),
}));

/** Values for any index; they repeat after 1024. */
export function phoneStatus(index: number): PhoneStatus {
  return PHONE_STATUSES[index % COUNT] as PhoneStatus;
}

/** The bytes of 1024 events, as a person would lay them out: with XML declaration and indented, about 265 bytes each. */
export function indentedEvents(): readonly Buffer[] {
  return PHONE_STATUSES.map(({ callerId, receiverId, status }) =>
    Buffer.from(
      `<?xml version="1.0" encoding="UTF-8"?>
<Event xmlns="http://www.gonicus.de/Events">
  <PhoneStatus>
    <CallerId>+4930231250${callerId.padStart(10, "0")}</CallerId>
    <ReceiverId>SIP/voice.gonicus.de/${receiverId.padStart(9, "0")}</ReceiverId>
    <Status>${status.replace("&", "&amp;")}</Status>
  </PhoneStatus>
</Event>
`,
    ),
  );
}

/** Mean size in bytes, for titles. */
export function meanSize(events: readonly Uint8Array[]): number {
  return Math.round(events.reduce((sum, { length }) => sum + length, 0) / events.length);
}
