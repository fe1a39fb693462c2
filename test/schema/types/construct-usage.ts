/**
 * Type tests: what compiles is right, and what is marked must not compile. Never run; the type check and
 * declare-types.test.ts compile it.
 */
import { EventMaker } from "../../../src/event/index.ts";
import type { Event, MadeElement } from "../../../src/event/index.ts";
import type { Events, Order, Payment, State } from "./construct-events.ts";

const e: EventMaker<Events> = EventMaker<Events>({} as { readonly vocabulary: never });

const required = { Id: "A1", State: "new", Item: [], Ordered: "2026-01-31T12:00:00Z", Paid: true, Total: 5 } as const;

/** The form of an object. */
export const objects: readonly MadeElement<"Order">[] = [
  e.Order(required),
  e.Order({ Total: "5.00", Paid: null, Ordered: new Date(), Item: [], State: "in work", Id: "A1" }),
  e.Order({ ...required, Sizes: [1, 2n, "3"], States: ["new", 'it\'s "done"'], Limit: "none", Day: "2026-01-31" }),
  e.Order({ ...required, Limit: 7, Weight: "INF", Count: 12345678901234567890n, Priority: 2, Note: undefined }),
  e.Order({ ...required, "my-name.1": "a", Größe: "b", Circle: "c", Paid: "false", Anything: { any: ["thing"] } }),
  e.Order({
    ...required,
    Item: [
      { "@unit": "kg", "#text": 5 },
      { unit: "g", codes: ["a"], "#text": "0.5" },
    ],
  }),
  e.Order({ ...required, Item: [e.Item({ unit: "kg" }, 5)], State: e.State("new") }),
  e.Order({ ...required, Note: { "#content": ["a", { Bold: "b" }, { Note: { "#content": [] } }], "@by": "me" } }),
];

/** One by one. */
export const elements: readonly MadeElement[] = [
  e.Order(e.Id("A1"), e.State("new"), [e.Item({ unit: "kg" }, 5)], e["my-name.1"]("a")),
  e.Order(...["A1", "A2"].map((id) => e.Id(id))),
  e.Order(e.element("Id", "A1"), e.element("{http://www.gonicus.de/Events}State", "new")),
  e.Id(),
  e.Id("A1"),
  e.Id(7),
  e.Sizes([1, 2]),
  e.Ordered(new Date()),
  e.Ordered("2026-01-31T12:00:00Z"),
  e.Paid(true),
  e.Paid(0),
  e.Paid({ "xsi:nil": true }),
  e.Total(5n),
  e.Total("5.00"),
  e.Count("-5"),
  e.Weight(0.5),
  e.Priority(1),
  e.Priority("2"),
  e.Item({ unit: "kg" }, "5"),
  e.Item(5, { "@unit": "g", codes: ["a", "b"] }),
  e.Item({ "@unit": "kg", "#text": 1 }),
  e.Note("a ", e.Bold("b"), " c", { by: "me" }),
  e.Note({ by: "me" }, e.Note()),
  e.Note({ Bold: ["a"], "@by": "me" }),
  e.Footnote({ Text: "a" }),
  e.Tree({ Label: "a", Tree: [{ Label: "b", Tree: [{ Label: "c" }] }] }),
  e.Tree(e.Label("a"), e.Tree(e.Label("b"))),
  e.Pairs({ Key: ["a"], Value: ["b"] }),
  e.Pairs(e.Key("a"), e.Value("b"), e.Key("c"), e.Value("d")),
  e.Tick(),
  e.Tick({}),
  e.Beat(5),
  e.Label("any of three types"),
  e.Label(true),
  e.Open({ Label: 1, other: "a", "@other": "b", "#any": [{ Foreign: 1 }] }),
  e.Open(e.Label(1), e.Order(required), e.Tick()),
  e.Payment({ Amount: 5, Card: "1234" }),
  e.Payment({ Amount: 5, Bank: "a", Account: "b", Remark: "c" }),
  e.Either({ Left: 1 }),
  e.Either({ Right: [1, 2] }),
  e.Either({}),
  e.Abroad({ Label: "2026-01-31", "Q{http://www.gonicus.de/Events}Label": true, Footnote: { Text: "a" } }),
];

export const events: readonly Event[] = [e.Event(e.Order(required)), e.Event({ id: 1 }, e.Tick()), e.Event(e.Beat(1))];

// @ts-expect-error a name that is not declared
export const misspelt: keyof typeof e = "Odrer";

/** What must not compile. */
export function wrong(text: string, anyElement: MadeElement): readonly unknown[] {
  return [
    // @ts-expect-error an element that may not stand there
    e.Order(e.Bold("a")),
    // @ts-expect-error an element of any name
    e.Order(anyElement),
    // @ts-expect-error an element in an array that may not stand there
    e.Order([e.Bold("a")]),
    // @ts-expect-error text where there is none
    e.Order("text"),
    // @ts-expect-error nothing given
    e.Order({}),
    // @ts-expect-error a field is missing
    e.Order({ Id: "A1", State: "new", Item: [], Ordered: "2026-01-31T12:00:00Z", Paid: true }),
    // @ts-expect-error a field is misspelt
    e.Order({ ...required, Stats: ["new"] }),
    // @ts-expect-error a value outside of the enumeration
    e.Order({ ...required, State: "nwe" }),
    // @ts-expect-error a value outside of the enumeration in a list
    e.Order({ ...required, States: ["nwe"] }),
    // @ts-expect-error a repeated field needs an array
    e.Order({ ...required, Item: { unit: "kg", "#text": 5 } }),
    // @ts-expect-error a field that does not repeat
    e.Order({ ...required, Total: [1, 2] }),
    // @ts-expect-error null where nil is not allowed
    e.Order({ ...required, Total: null }),
    // @ts-expect-error no digits
    e.Order({ ...required, Total: "five" }),
    // @ts-expect-error no whole number
    e.Order({ ...required, Count: "1.5" }),
    // @ts-expect-error a Date is no xs:date
    e.Order({ ...required, Day: new Date() }),
    // @ts-expect-error an element of another name
    e.Order({ ...required, State: e.Id("new") }),
    // @ts-expect-error the head of a substitution group is abstract
    e.Order({ ...required, Shape: "a" }),
    // @ts-expect-error fields beside elements
    e.Order(required, e.Id("A1")),
    // @ts-expect-error the attribute is missing
    e.Item({ "#text": 5 }),
    // @ts-expect-error the text is missing
    e.Item({ unit: "kg" }),
    // @ts-expect-error a value outside of the enumeration of an attribute
    e.Item({ unit: "t" }, 5),
    // @ts-expect-error an attribute that is not declared
    e.Item({ unit: "kg", colour: "red" }, 5),
    // @ts-expect-error outside of the enumeration
    e.State("nwe"),
    // @ts-expect-error not any string is in the enumeration
    e.State(text),
    // @ts-expect-error an enumeration does not have the empty string
    e.State(),
    // @ts-expect-error a boolean is no string
    e.Id(true),
    // @ts-expect-error a text is one value
    e.Id("A", "1"),
    // @ts-expect-error an element in a text
    e.Id(e.State("new")),
    // @ts-expect-error a list is an array
    e.Sizes(1),
    // @ts-expect-error a list of numbers
    e.Sizes(["a"]),
    // @ts-expect-error no boolean
    e.Paid("yes"),
    // @ts-expect-error no number
    e.Weight("heavy"),
    // @ts-expect-error outside of the enumeration
    e.Priority(3),
    // @ts-expect-error mixed content does not have this element
    e.Note("a", e.Text("b")),
    // @ts-expect-error mixed content does not have this element
    e.Note({ "#content": [{ Text: "b" }] }),
    // @ts-expect-error a field is missing at depth
    e.Tree({ Label: "a", Tree: [{ Tree: [] }] }),
    // @ts-expect-error nothing may be in it
    e.Tick(e.Id("A1")),
    // @ts-expect-error nothing may be in it
    e.Tick({ Id: "A1" }),
    // @ts-expect-error both sides of a choice
    e.Payment({ Amount: 5, Card: "1234", Bank: "a", Account: "b" }),
    // @ts-expect-error half of one side of a choice
    e.Payment({ Amount: 5, Bank: "a" }),
    // @ts-expect-error neither side of a choice
    e.Payment({ Amount: 5 }),
    // @ts-expect-error both sides of a choice
    e.Either({ Left: 1, Right: [1] }),
    // @ts-expect-error no event
    e.Event(e.State("new")),
    // @ts-expect-error no element
    e.Event(required),
  ];
}

/** Reading: what is declared for the compiler is what it is used as. */
export function read(order: Order, payment: Payment): readonly unknown[] {
  const state: State = order.State;
  const total: string = order.Total;
  const sum: number = (order.Sizes ?? []).reduce((a, b) => a + b, 0);
  const count: bigint = BigInt(order.Count ?? 0);
  const units: readonly ("kg" | "g")[] = order.Item.map((item) => item["@unit"]);
  const paid: boolean = order.Paid ?? false;
  const bold = order.Note?.["#content"].flatMap((part) =>
    typeof part === "object" && "Bold" in part ? part.Bold : [],
  );
  const account: string | undefined = payment.Card === undefined ? payment.Account : undefined;
  // @ts-expect-error misspelt
  const misspelt: unknown = order.Stats;
  // @ts-expect-error optional
  const limit: string | number = order.Limit;
  // @ts-expect-error cannot be changed
  order.Id = "A2";
  return [state, total, sum, count, units, paid, bold, account, misspelt, limit];
}

/** Whatever was read can be written again. */
export function written(order: Order, payment: Payment, made: Events["events"]): readonly Event[] {
  return [e.Event(e.Order(order)), e.Event(e.Payment(payment)), e.Event(e.Tree(made.Tree)), e.Event(e.Open(made.Open))];
}

/** Names besides the declared ones, and names only. */
export function otherForms(catalog: { readonly vocabulary: never }): readonly MadeElement[] {
  const more = EventMaker<Events | "Door">(catalog);
  const names = EventMaker<"Door" | "Minutes">(catalog);
  const any = new EventMaker(catalog);
  EventMaker<Events>().Event(new EventMaker<Events>().Tick());
  more.Event(more.Door(5));
  // @ts-expect-error not in the list of names
  names satisfies { readonly Doors: unknown };
  return [
    more.Door(more.Order(required), "any content"),
    names.Door(names.Minutes(5), { id: 1 }),
    names.Door({ Minutes: 5, Notes: [{ text: "a" }, null], "@id": 1 }),
    any.PhoneStatus(any.CallerId(true), any.Status([1, 2])),
    // @ts-expect-error declared ones stay checked
    more.State("nwe"),
  ];
}
