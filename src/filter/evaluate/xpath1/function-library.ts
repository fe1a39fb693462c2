import { XML_NAMESPACE, XmlAttribute, XmlElement, XmlProcessingInstruction, internName } from "../../../xml/index.ts";
import type { XmlNode } from "../../../xml/index.ts";
import type { Sequence } from "../../values/item.ts";
import { parentOf } from "../../values/parent-of.ts";
import type { Context } from "../environment.ts";
import { numberOfItem, toNumber, toText, type BasicValue } from "./values.ts";

/** A function of XPath 1.0 (section 4). */
export interface XPath1Function {
  /** How many arguments it takes. */
  readonly min: number;
  readonly max: number;
  /** The type of the result, where it is not a string. */
  readonly result?: "numbers" | "booleans";
  /** Its argument must be a node-set. */
  readonly takesNodes?: true;
  /** Without an argument it takes the context node. */
  readonly defaultsToContext?: true;
  /** Undefined: XPath 3.1 has the same function. */
  readonly call?: (args: readonly Sequence[], context: Context) => BasicValue;
}

const nodeFunction = (name: (node: XmlNode) => string): XPath1Function => ({
  min: 0,
  max: 1,
  takesNodes: true,
  defaultsToContext: true,
  call: ([nodes]) => (nodes![0] === undefined ? "" : name(nodes![0] as XmlNode)),
});

const textFunction = (count: number, call: (...texts: string[]) => BasicValue): XPath1Function => ({
  min: count,
  max: count,
  call: (args) => call(...args.map(toText)),
});

const numberFunction = (call: (value: number) => number): XPath1Function => ({
  min: 1,
  max: 1,
  result: "numbers",
  call: ([value]) => call(toNumber(value!)),
});

/** All functions but `id`, by name. */
export const XPATH1_FUNCTIONS: ReadonlyMap<string, XPath1Function> = new Map<string, XPath1Function>(
  Object.entries({
    last: { min: 0, max: 0, result: "numbers" },
    position: { min: 0, max: 0, result: "numbers" },
    count: { min: 1, max: 1, result: "numbers", takesNodes: true, call: ([nodes]) => nodes!.length },
    "local-name": nodeFunction((node) => nameOf(node)?.localName ?? targetOf(node)),
    "namespace-uri": nodeFunction((node) => nameOf(node)?.namespace ?? ""),
    name: nodeFunction((node) => (nameOf(node) === undefined ? targetOf(node) : node.nodeName)),
    string: { min: 0, max: 1, defaultsToContext: true, call: ([value]) => toText(value!) },
    concat: {
      min: 2,
      max: Infinity,
      call: (args, { environment }) => {
        const text = args.map(toText).join("");
        environment.budget.hold(text.length >>> 3);
        return text;
      },
    },
    "starts-with": { ...textFunction(2, (text, start) => text.startsWith(start)), result: "booleans" },
    contains: { ...textFunction(2, (text, part) => text.includes(part)), result: "booleans" },
    "substring-before": textFunction(2, (text, part) => text.slice(0, Math.max(text.indexOf(part), 0))),
    "substring-after": textFunction(2, (text, part) =>
      text.includes(part) ? text.slice(text.indexOf(part) + part.length) : "",
    ),
    substring: {
      min: 2,
      max: 3,
      call: ([text, start, length]) => {
        const first = round(toNumber(start!));
        const end = length === undefined ? Infinity : first + round(toNumber(length));
        return [...toText(text!)].filter((_, i) => i + 1 >= first && i + 1 < end).join("");
      },
    },
    "string-length": {
      min: 0,
      max: 1,
      result: "numbers",
      defaultsToContext: true,
      call: ([value]) => [...toText(value!)].length,
    },
    "normalize-space": {
      min: 0,
      max: 1,
      defaultsToContext: true,
      call: ([value]) =>
        toText(value!)
          .replaceAll(/[ \t\r\n]+/g, " ")
          .replaceAll(/^ | $/g, ""),
    },
    translate: textFunction(3, translate),
    boolean: { min: 1, max: 1, result: "booleans" },
    not: { min: 1, max: 1, result: "booleans" },
    true: { min: 0, max: 0, result: "booleans", call: () => true },
    false: { min: 0, max: 0, result: "booleans", call: () => false },
    lang: { min: 1, max: 1, result: "booleans", call: ([language], context) => isLanguage(context, toText(language!)) },
    number: { min: 0, max: 1, result: "numbers", defaultsToContext: true, call: ([value]) => toNumber(value!) },
    sum: {
      min: 1,
      max: 1,
      result: "numbers",
      takesNodes: true,
      call: ([nodes]) => nodes!.reduce((sum: number, node) => sum + numberOfItem(node), 0),
    },
    floor: numberFunction(Math.floor),
    ceiling: numberFunction(Math.ceil),
    round: numberFunction(round),
  } satisfies Record<string, XPath1Function>),
);

/** Halves go up (section 4.4), as JavaScript has it. */
function round(value: number): number {
  return Math.round(value);
}

function nameOf(node: XmlNode): XmlElement["name"] | undefined {
  return node instanceof XmlElement || node instanceof XmlAttribute ? node.name : undefined;
}

function targetOf(node: XmlNode): string {
  return node instanceof XmlProcessingInstruction ? node.target : "";
}

function translate(text: string, from: string, to: string): string {
  const targets = [...to];
  const map = new Map<string, string>();
  for (const [i, character] of [...from].entries()) if (!map.has(character)) map.set(character, targets[i] ?? "");
  return Array.from(text, (character) => map.get(character) ?? character).join("");
}

const LANG = internName(XML_NAMESPACE, "lang");

/** The nearest `xml:lang` around the context node (section 4.3). */
function isLanguage({ item }: Context, language: string): boolean {
  for (let at = item as XmlNode | undefined; at !== undefined; at = parentOf(at)) {
    const found = at instanceof XmlElement ? at.attributes.find(({ name }) => name === LANG)?.value : undefined;
    if (found === undefined) continue;
    const [wanted, given] = [language.toLowerCase(), found.toLowerCase()];
    return given === wanted || given.startsWith(`${wanted}-`);
  }
  return false;
}
