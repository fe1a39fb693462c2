/**
 * The event types as TypeScript sees them, written by `xqbus schema types`: change the XSD files, not this file.
 *
 *     import type { Events } from "./events.d.ts";
 *     const e = EventMaker<Events>(catalog);
 */

export interface Abroad {
  readonly "@Q{urn:foreign}rank"?: number;
  readonly Label: string;
  readonly "Q{http://www.gonicus.de/Events}Label": boolean;
  readonly Footnote: Note2;
}

export interface Note2 {
  readonly Text: string;
}

export type Either =
  | {
      readonly Left: number | "";
      readonly Right?: never;
    }
  | {
      readonly Right: readonly number[];
      readonly Left?: never;
    }
  | {
      readonly Left?: never;
      readonly Right?: never;
    };

export interface Open {
  readonly "@known"?: number;
  readonly Label: number;
  /** Elements that the schema does not name. */
  readonly "#any"?: readonly { readonly [name: string]: unknown }[];
  readonly [attribute: `@${string}`]: unknown;
}

export interface Order {
  /** Ends a comment: *\/ export const broken = 1; /* and goes on. */
  readonly Id: OrderId;
  readonly State: State;
  readonly Item: readonly Item[];
  readonly Sizes?: readonly number[];
  readonly States?: readonly State[];
  readonly Limit?: Limit;
  readonly Ordered: DateTime;
  readonly Day?: string;
  readonly Paid: boolean | null;
  readonly Weight?: Float;
  readonly Total: Decimal;
  readonly Count?: Integer;
  readonly Priority?: 1 | 2;
  readonly "my-name.1"?: string;
  readonly Größe?: string;
  readonly Note?: Note;
  readonly Anything?: unknown;
  readonly Circle?: string;
  readonly Square?: string;
}

export interface Item {
  readonly "@unit": "kg" | "g";
  readonly "@codes"?: readonly string[];
  readonly "#text": Decimal;
}

/** Text with markup. */
export interface Note {
  readonly "@by"?: string;
  /** In document order. */
  readonly "#content": readonly (string | { readonly Bold: string } | { readonly Note: Note })[];
}

/** The fields of Note for the EventMaker, where no text stands between them. */
export interface NoteFields {
  readonly "@by"?: string;
  readonly Bold?: readonly string[];
  readonly Note?: readonly Note[];
}

export interface Pairs {
  /** In document order. */
  readonly "#content": readonly ({ readonly Key: string } | { readonly Value: string })[];
}

/** The fields of Pairs for the EventMaker, where no text stands between them. */
export interface PairsFields {
  readonly Key: readonly string[];
  readonly Value: readonly string[];
}

export type Payment = {
  readonly Amount: Decimal;
  readonly Remark?: string;
} & (
  | {
      readonly Card: string;
      readonly Bank?: never;
      readonly Account?: never;
    }
  | {
      readonly Bank: string;
      readonly Account: string;
      readonly Card?: never;
    }
);

export interface Tick {
  readonly "#text"?: never;
}

export interface TreeNode {
  readonly Label: string;
  readonly Tree?: readonly TreeNode[];
}

export interface string2 {
  readonly Decimal: Decimal2;
}

export interface Decimal2 {
  readonly Value: readonly Integer[];
}

export type OrderId = string;

/** How far the order is. */
export type State = "new" | "in work" | 'it\'s "done"';

export type Limit = number | `${number}` | "none";

/** xs:dateTime as it is written: 2026-01-31T12:00:00Z. */
export type DateTime = `${number}-${number}-${number}T${string}`;

/** xs:decimal as it is written: digits of any number, which a JavaScript number could not keep. */
export type Decimal = `${number}`;

/** xs:float and xs:double; the values that JSON has no number for by their names. */
export type Float = number | "INF" | "-INF" | "NaN";

/** A whole number of any size as it is written: give it to BigInt to calculate. */
export type Integer = `${bigint}`;

/** All event types, and all elements by local name, as events are read. */
export interface Events {
  readonly events: {
    readonly Abroad: Abroad;
    readonly Beat: { readonly "#text": number };
    readonly Either: Either;
    readonly Open: Open;
    readonly Order: Order;
    readonly Pairs: Pairs;
    readonly Payment: Payment;
    readonly Tick: Tick;
    readonly Tree: TreeNode;
  };
  readonly elements: {
    readonly Abroad: Abroad;
    readonly Account: string;
    readonly Amount: Decimal;
    readonly Anything: unknown;
    readonly Bank: string;
    readonly Beat: number;
    readonly Bold: string;
    readonly Card: string;
    readonly Circle: string;
    readonly Count: Integer;
    readonly Day: string;
    readonly Decimal: Decimal2;
    readonly Either: Either;
    readonly Footnote: Note2;
    readonly Größe: string;
    readonly Id: OrderId;
    readonly Item: Item;
    readonly Key: string;
    readonly Label: boolean | string | number;
    readonly Left: number | "";
    readonly Limit: Limit;
    readonly Note: Note | NoteFields;
    readonly Open: Open;
    readonly Order: Order;
    readonly Ordered: DateTime;
    readonly Paid: boolean | null;
    readonly Pairs: Pairs | PairsFields;
    readonly Payment: Payment;
    readonly Priority: 1 | 2;
    readonly Remark: string;
    readonly Right: number;
    readonly Sizes: readonly number[];
    readonly Square: string;
    readonly State: State;
    readonly States: readonly State[];
    readonly Text: string;
    readonly Tick: Tick;
    readonly Total: Decimal;
    readonly Tree: TreeNode;
    readonly Value: string;
    readonly Weight: Float;
    readonly "my-name.1": string;
  };
}
