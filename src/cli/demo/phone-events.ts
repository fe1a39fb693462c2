import type { Event, EventMaker } from "../../event/index.ts";

const CALLS = [
  { caller: "012345", receiver: "12343424", status: "ringing" },
  { caller: "012345", receiver: "12343424", status: "busy" },
  { caller: "0049301234", receiver: "200", status: "idle" },
  { caller: "0049301234", receiver: "201", status: "busy" },
] as const;

/** The call that happens at this tick: the seed's example first, then a few more in rotation. */
export function phoneStatus(e: EventMaker, tick: number): Event {
  const { caller, receiver, status } = CALLS[tick % CALLS.length] ?? CALLS[0];
  return e.Event(e.PhoneStatus(e.CallerId(caller), e.ReceiverId(receiver), e.Status(status)));
}
