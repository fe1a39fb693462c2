import { createRequire } from "node:module";
import type { XmlNode } from "../xml/index.ts";
import type { ConstructedNode, ConstructedNodes } from "./constructed-nodes.ts";
import type { LightTreeFacade } from "./light-tree-facade.ts";
import type { SyntaxNode, SyntaxTreeBuilder } from "./syntax-tree.ts";

/**
 * The part of fontoxpath 3.34 that is used here, with types of our own: its declarations pull the browser's global types
 * into every program that imports them, and speak of DOM nodes where we hand in the light tree.
 */
interface Fontoxpath {
  readonly evaluateXPath: {
    (
      query: string,
      contextItem: XmlNode,
      domFacade: LightTreeFacade,
      variables: null,
      returnType: number,
      options: FontoxpathOptions,
    ): unknown;
    readonly BOOLEAN_TYPE: number;
    readonly ALL_RESULTS_TYPE: number;
    readonly XPATH_3_1_LANGUAGE: string;
    readonly XQUERY_3_1_LANGUAGE: string;
  };
  /** Reads the text only; the result is an XQueryX document, with places when `debug` is set. */
  parseScript(
    query: string,
    options: { readonly language: string; readonly debug: boolean },
    nodesFactory: SyntaxTreeBuilder,
    documentWriter: SyntaxTreeBuilder,
  ): SyntaxNode;
}

/** Options of an evaluation; compiled queries are cached by text, language, `debug` and the resolved names. */
export interface FontoxpathOptions {
  readonly language: string;
  /** With it, static errors carry their place; costs time, so it is only set after a failure. */
  readonly debug: boolean;
  /** Must always be given: the default takes the context node's prefixes, which changes what a query means. */
  readonly namespaceResolver: (prefix: string) => string | null;
  readonly logger: { trace(message: string): void };
  readonly nodesFactory: ConstructedNodes;
  readonly documentWriter: ConstructedNodes;
  /** Handed to custom functions, which we have none of; read between compilation and evaluation. */
  readonly currentContext?: never;
}

/** A place in fontoxpath's own errors. */
export interface FontoxpathRange {
  readonly start: { readonly offset: number };
}

/** What `ALL_RESULTS_TYPE` gives for one item; dates are `Date`, durations an object of the engine that writes itself. */
export type FontoxpathItem =
  | XmlNode
  | ConstructedNode
  | string
  | number
  | boolean
  | Date
  | null
  | readonly FontoxpathItem[]
  | { readonly [key: string]: FontoxpathItem }
  | ((...values: never[]) => unknown);

export const fontoxpath: Fontoxpath = createRequire(import.meta.url)("fontoxpath") as Fontoxpath;
