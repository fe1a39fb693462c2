/**
 * Type tests of the shipped types: what compiles is right, and what is marked must not compile. Never run; the type check
 * compiles it.
 */
import { EventMaker, typedContent } from "../../../src/event/index.ts";
import type { Event, MadeElement, ShippedEvents } from "../../../src/event/index.ts";

const e = EventMaker();

export const right: readonly Event[] = [
  e.Event(e.PhoneStatus(e.CallerId("012345"), e.ReceiverId("12343424"), e.Status("busy"))),
  e.Event(e.PhoneStatus({ Status: "busy", ReceiverId: 12343424, CallerId: "012345" })),
  e.Event(e.PhoneStatus({ Status: e.Status("busy"), ReceiverId: "12343424", CallerId: "012345" })),
  e.Event(e.ClientPoll()),
  e.Event(e.UserSession({ Id: "1", User: { Name: ["jdoe"] } })),
  e.Event(e.UserSession(e.Id("1"), e.User([e.Name("jdoe"), e.Name("root")]))),
  e.Event(e.NodeStatus({ Id: "1", Load: 0.42, Latency: NaN, Workers: 5, Indexed: undefined })),
  e.Event(
    e.AsteriskNotification({
      Type: "CallEnded",
      Identity: "SIP/2001",
      From: ["+493023125042"],
      To: [],
      Timestamp: "1310479801.25",
      Duration: 12n,
    }),
  ),
  e.Event(e.AsteriskNotification({ "#content": ["a call ", { Type: "CallMissed" }, { Identity: "SIP/2001" }] })),
  // A name that xqbus does not ship, as far as the compiler knows.
  e.Event(e["DoorOpened"]!("any content", { id: 1 })),
  // The type of a maker without parameter is that of EventMaker(); others with any names can be given for it.
  phoneStatus(e),
  phoneStatus(EventMaker({} as { readonly vocabulary: never })),
  phoneStatus(new EventMaker<string>()),
];

function phoneStatus(maker: EventMaker): Event {
  return maker.Event(maker.PhoneStatus(maker.CallerId("1"), maker.ReceiverId("2"), maker.Status("busy")));
}

export function wrong(element: MadeElement): readonly unknown[] {
  return [
    // @ts-expect-error a name that is not declared
    e.PhoneStatus(e.Calid("1")),
    // @ts-expect-error fields are missing
    e.PhoneStatus({ CallerId: "1" }),
    // @ts-expect-error a field is misspelt
    e.PhoneStatus({ CallerId: "1", ReceiverId: "2", Statsu: "busy" }),
    // @ts-expect-error a field of another event
    e.PhoneStatus(e.MAC("00:16:3e:4a:5b:6c")),
    // @ts-expect-error a field of another event
    e.PhoneStatus({ CallerId: "1", ReceiverId: "2", Status: "busy", MAC: "00:16:3e:4a:5b:6c" }),
    // @ts-expect-error any element
    e.PhoneStatus(element),
    // @ts-expect-error no whole number
    e.Workers("five"),
    // @ts-expect-error no boolean
    e.Indexed("yes"),
    // @ts-expect-error outside of the enumeration
    e.Level("loud"),
    // @ts-expect-error outside of the enumeration
    e.PuppetReport({ Id: "1", PuppetLog: [{ Timestamp: 1, Level: "loud", Message: "a" }] }),
    // @ts-expect-error a list is an array
    e.Values("1 2"),
    // @ts-expect-error no event
    e.Event({ PhoneStatus: { CallerId: "1", ReceiverId: "2", Status: "busy" } }),
  ];
}

/** Reading, and writing what was read. */
export function copy(event: Event, status: ShippedEvents["events"]["PhoneStatus"]): Event {
  const number: string = status.CallerId;
  // @ts-expect-error misspelt
  const misspelt: unknown = status.CalerId;
  const { name, content } = typedContent(event);
  // @ts-expect-error the name is not known yet
  const unknown: unknown = content.Workers;
  if (name !== "NodeStatus" || misspelt === unknown) return e.Event(e.PhoneStatus({ ...status, CallerId: number }));
  const workers: number = content.Workers;
  return e.Event(e.NodeStatus({ ...content, Workers: workers + 1 }));
}
