import { XmlDocument, XmlElement, XmlText, stringValue } from "../../xml/index.ts";
import * as types from "../values/atomic-type.ts";
import { instantOf, parseDateTime } from "../values/date-time-value.ts";
import { parseDouble } from "../values/parse-double.ts";
import { QueryError } from "../values/query-error.ts";
import type { Scale } from "./formula.ts";
import { nextDown, nextUp } from "./next-number.ts";
import { passes, type Step } from "./steps.ts";

/** Where the values of a path lie on a scale. */
export interface ValueSpan {
  /** Infinity when no node has a value on the scale. */
  min: number;
  /** -Infinity when no node has a value on the scale. */
  max: number;
  /** Some node has no value of the kind. */
  hasOthers: boolean;
}

/**
 * The values that a path has from one node, read when somebody asks for them and then kept until {@link forget}: many groups ask for the
 * same ones.
 */
export class PathValues {
  readonly steps: readonly Step[];
  /** Groups that use it. */
  users = 0;
  /** The texts of all nodes, those that are equal once. */
  readonly texts: string[] = [];
  /** How many nodes there are. */
  count = 0;
  #from: XmlElement | XmlDocument | undefined;
  #span: ValueSpan | undefined;
  #scale: Scale | undefined;
  #distinct: ReadonlySet<string> | undefined;

  constructor(steps: readonly Step[]) {
    this.steps = steps;
  }

  /** Reads the values from this node; true when there was nothing to forget before. */
  load(from: XmlElement | XmlDocument): boolean {
    if (this.#from === from) return false;
    const isFirst = this.#from === undefined;
    this.#clear();
    this.#from = from;
    this.#collect(from, 0);
    if (this.texts.length > 1) this.#unify();
    return isFirst;
  }

  /** Whether a node has this text. */
  has(text: string): boolean {
    if (this.texts.length < FEW_TEXTS) return this.texts.includes(text);
    this.#distinct ??= new Set(this.texts);
    return this.#distinct.has(text);
  }

  forget(): void {
    this.#clear();
    this.#from = undefined;
  }

  /** The values as numbers or instants. */
  span(scale: Scale): ValueSpan {
    if (this.#span !== undefined && this.#scale === scale) return this.#span;
    const span: ValueSpan = { min: Infinity, max: -Infinity, hasOthers: false };
    for (const text of this.texts) {
      if (scale === "double" || scale === "exact") addNumber(span, text);
      else addInstant(span, text, scale);
    }
    this.#scale = scale;
    this.#span = span;
    return span;
  }

  #clear(): void {
    this.texts.length = 0;
    this.count = 0;
    this.#span = undefined;
    this.#distinct = undefined;
  }

  #unify(): void {
    const distinct = new Set(this.texts);
    if (distinct.size === this.texts.length) return;
    this.texts.length = 0;
    for (const text of distinct) this.texts.push(text);
  }

  #add(text: string): void {
    this.count++;
    this.texts.push(text);
  }

  #collect(node: XmlElement | XmlDocument, index: number): void {
    const step = this.steps[index];
    if (step === undefined) {
      this.#add(stringValue(node));
      return;
    }
    switch (step.kind) {
      case "child": {
        const { children } = node;
        const { test } = step;
        for (let i = 0; i < children.length; i++) {
          const child = children[i]!;
          if (child instanceof XmlElement && passes(test, child.name)) this.#collect(child, index + 1);
        }
        return;
      }
      case "attribute":
        if (node instanceof XmlDocument) return;
        for (const { name, value } of node.attributes) if (passes(step.test, name)) this.#add(value);
        return;
      case "text":
        for (const child of node.children) if (child instanceof XmlText) this.#add(child.data);
        return;
      case "deep":
        this.#collectDeep(node, index + 1);
        return;
    }
  }

  #collectDeep(node: XmlElement | XmlDocument, index: number): void {
    this.#collect(node, index);
    for (const child of node.children) if (child instanceof XmlElement) this.#collectDeep(child, index);
  }
}

/** Up to so many texts a list is as fast as a set. */
const FEW_TEXTS = 8;

function addNumber(span: ValueSpan, text: string): void {
  const number = parseDouble(withoutSpace(text));
  if (number === undefined) span.hasOthers = true;
  else widen(span, number, number);
}

const INSTANT_TYPES = { dateTime: types.DATE_TIME, date: types.DATE, time: types.TIME } as const;

function addInstant(span: ValueSpan, text: string, scale: keyof typeof INSTANT_TYPES): void {
  const instant = readInstant(text, scale);
  if (instant === undefined) span.hasOthers = true;
  else if (instant.isPrecise) widen(span, instant.seconds, instant.seconds);
  else {
    // Too many digits to tell it from its neighbours: candidates on both sides, and the filter itself decides.
    span.hasOthers = true;
    widen(span, nextDown(instant.seconds), nextUp(instant.seconds));
  }
}

function widen(span: ValueSpan, low: number, high: number): void {
  if (low < span.min) span.min = low;
  if (high > span.max) span.max = high;
}

/** Digits behind the point up to which two different instants are different numbers, up to the year 9999 and far beyond. */
const PRECISE_DIGITS = 3;
const PRECISE_SECONDS = 2 ** 42;

/** Seconds since 1970; undefined when the text is no date or time of that kind. */
export function readInstant(
  text: string,
  scale: "dateTime" | "date" | "time",
): { readonly seconds: number; readonly isPrecise: boolean } | undefined {
  try {
    const value = parseDateTime(withoutSpace(text), INSTANT_TYPES[scale]);
    if (value === undefined) return undefined;
    const instant = instantOf(value, 0);
    const seconds = Number(String(instant));
    return { seconds, isPrecise: instant.scale <= PRECISE_DIGITS && Math.abs(seconds) < PRECISE_SECONDS };
  } catch (error) {
    if (error instanceof QueryError) return undefined;
    throw error;
  }
}

/** Without white space at both ends; casts take no more away that would make a number or date of something else. */
function withoutSpace(text: string): string {
  const isPlain = text.charCodeAt(0) > 32 && text.charCodeAt(text.length - 1) > 32;
  return isPlain ? text : text.replace(/^[ \t\n\r]+/, "").replace(/[ \t\n\r]+$/, "");
}
