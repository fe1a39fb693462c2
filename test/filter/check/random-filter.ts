import {
  childElements,
  stringValue,
  type XmlAttribute,
  type XmlDocument,
  type XmlElement,
} from "../../../src/xml/index.ts";
import { EVENTS } from "../../schema/harness.ts";

/** Numbers in a row that a seed decides (mulberry32). */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to below the number. */
  below(sides: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % sides;
  }

  /** True so many times in a hundred. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }
}

/**
 * A random filter about a document: most of its steps and values are those of the document, so that it often matches, some are
 * misspelt, in a wrong namespace or a little beside.
 */
export function randomFilter(document: XmlDocument, dice: Dice): string {
  return new Writer(document, dice).condition(3);
}

class Writer {
  readonly #document: XmlDocument;
  readonly #dice: Dice;
  readonly #elements: readonly XmlElement[];
  #variables = 0;

  constructor(document: XmlDocument, dice: Dice) {
    this.#document = document;
    this.#dice = dice;
    this.#elements = below(document.documentElement);
  }

  /** A condition about the whole document. */
  condition(depth: number): string {
    const dice = this.#dice;
    const again = (): string => this.condition(depth - 1);
    if (depth > 0 && dice.chance(45)) {
      switch (dice.below(9)) {
        case 0:
          return `(${again()} and ${again()})`;
        case 1:
          return `(${again()} or ${again()})`;
        case 2:
          return `not(${again()})`;
        case 3:
          return `(if (${again()}) then ${again()} else ${again()})`;
        case 4:
          return `(${again()}, ${again()})[1]`;
        case 5:
          return `(every $x in (1, 2) satisfies ${again()})`;
        case 6:
          return `(let $x := boolean(${again()}) return $x = ${dice.pick(["true()", "false()"])})`;
        case 7:
          return `(try { ${again()} } catch * { ${dice.pick(["false()", "true()", again()])} })`;
        default:
          return `(switch (${dice.below(2)}) case 0 return ${again()} default return ${again()})`;
      }
    }
    if (dice.chance(5)) return this.#constructed();
    const target = dice.pick(this.#elements);
    const path = this.#pathTo(target, depth);
    const name = `$v${this.#variables++}`;
    switch (dice.below(9)) {
      case 0:
        return path;
      case 1:
        return `${dice.pick(["exists", "empty", "boolean", "not"])}(${path})`;
      case 2:
        return `count(${path}) ${this.#operator()} ${dice.below(3)}`;
      case 3:
        return `(some ${name} in ${path} satisfies ${this.#about(target, name, depth)})`;
      case 4:
        return `(every ${name} in ${path} satisfies ${this.#about(target, name, depth)})`;
      case 5:
        return `(for ${name} in ${path} where ${this.#about(target, name, depth)} return ${name})`;
      case 6:
        return `(let ${name} := ${path} return ${this.#about(target, name, depth)})`;
      case 7:
        return `(${path} ! (${this.#about(target, ".", depth)}))`;
      default:
        return this.#about(target, path, depth);
    }
  }

  /** A condition about a node that the filter makes itself, and about the root of its tree. */
  #constructed(): string {
    const dice = this.#dice;
    const root = dice.pick(["/b", "//b", "root()/b", "root(.)//b", "(/)/b", "b"]);
    const start = dice.pick(["", "", "(/ | .)/"]);
    return dice.pick([
      `(document { <b/> })/b[${start === "" ? root : `${start}b`}]`,
      `(document { <b><b/></b> })[${root}]`,
      `(document { <b/> }, /)[${root}]`,
      `((document { <b/> })/b ! exists(${root}))`,
      `(for $b in (document { <b/> })/b return $b[${root}])`,
    ]);
  }

  /** A condition about an element that an expression stands for. */
  #about(target: XmlElement, written: string, depth: number): string {
    const dice = this.#dice;
    const inside = below(target);
    const attributes = target.attributes;
    const relative = (path: string): string => (written === "." ? path : `${written}/${path}`);
    if (attributes.length > 0 && dice.chance(30)) {
      const attribute = dice.pick(attributes);
      return this.#comparison(relative(this.#attribute(attribute)), attribute.value);
    }
    if (inside.length > 1 && dice.chance(60)) {
      const leaf = dice.pick(inside.slice(1));
      return this.#comparison(relative(this.#relativePath(target, leaf, depth)), stringValue(leaf));
    }
    if (dice.chance(15)) return `${written}/local-name() = "${this.#misspelt(target.localName, 20)}"`;
    if (dice.chance(10)) return `exists(${written}/self::${this.#test(target)})`;
    return this.#comparison(written, stringValue(target));
  }

  #comparison(left: string, text: string): string {
    const dice = this.#dice;
    const isNumber = /^[-+]?\d+(?:\.\d+)?(?:E[-+]?\d+)?$/.test(text.trim());
    if (isNumber && dice.chance(60)) return this.#withNumber(left, text.trim());
    const literal = asLiteral(this.#value(text));
    switch (dice.below(8)) {
      case 0:
        return `${dice.pick(["contains", "starts-with", "ends-with"])}(${left}, ${asLiteral(this.#part(text))})`;
      case 1:
        return `string(${left}) ${this.#operator()} ${literal}`;
      case 2:
        return `${literal} ${this.#operator()} ${left}`;
      case 3:
        return `${left} ${dice.pick(["eq", "ne", "lt", "ge"])} ${literal}`;
      case 4:
        return `${left} = (${literal}, ${asLiteral(this.#misspelt(text, 80))})`;
      case 5:
        return `${left} = ${dice.pick(["true()", "false()"])}`;
      case 6:
        return `xs:${dice.pick(["date", "dateTime", "boolean", "integer", "time", "string"])}(${left}) = ${left}`;
      default:
        return `${left} ${this.#operator()} ${literal}`;
    }
  }

  #withNumber(left: string, text: string): string {
    const dice = this.#dice;
    const number = dice.pick([
      text.replace(/^\+/, ""),
      String(Number(text) + dice.below(7) - 3),
      "300",
      "-1",
      "0.5",
      "1e3",
    ]);
    switch (dice.below(5)) {
      case 0:
        return `number(${left}) ${this.#operator()} ${number}`;
      case 1:
        return `xs:${dice.pick(["decimal", "double", "integer", "float"])}(${left}) ${this.#operator()} ${number}`;
      case 2:
        return `${left} ${dice.pick(["eq", "lt"])} ${number}`;
      case 3:
        return `${left} + 1 ${this.#operator()} ${number}`;
      default:
        return `${left} ${this.#operator()} ${number}`;
    }
  }

  #pathTo(target: XmlElement, depth: number): string {
    const chain: XmlElement[] = [];
    for (let at: XmlElement | XmlDocument = target; at !== this.#document; at = at.parent) {
      chain.unshift(at as XmlElement);
      if (!("parent" in at)) break;
    }
    return this.#steps(chain, "/", depth);
  }

  #relativePath(from: XmlElement, target: XmlElement, depth: number): string {
    const chain: XmlElement[] = [];
    for (let at = target; at !== from; at = at.parent as XmlElement) chain.unshift(at);
    return this.#steps(chain, "", depth);
  }

  #steps(chain: readonly XmlElement[], start: string, depth: number): string {
    const dice = this.#dice;
    let path = start;
    for (const [i, element] of chain.entries()) {
      const isLast = i === chain.length - 1;
      if (i > 0 || start === "/") {
        if (!isLast && dice.chance(8)) {
          path = path.endsWith("/") ? path : `${path}/`;
          continue;
        }
        if (!path.endsWith("/")) path += "/";
      } else if (!isLast && dice.chance(8)) {
        path = ".//";
        continue;
      }
      if (i > 0 && dice.chance(8) && path.length > 1 && !path.endsWith("//")) path += "/";
      path += this.#test(element);
      if (dice.chance(3)) path += `/../${this.#test(element)}`;
      if (dice.chance(2))
        path += `/${dice.pick(["ancestor-or-self", "self", "descendant-or-self"])}::${dice.pick(["*", "node()", this.#test(element)])}`;
      if (depth > 0 && dice.chance(20)) path += `[${this.#predicate(element, depth - 1)}]`;
    }
    return path;
  }

  #predicate(element: XmlElement, depth: number): string {
    const dice = this.#dice;
    if (dice.chance(15)) return dice.pick(["1", "last()", "position() > 1", "2"]);
    return this.#about(element, ".", depth);
  }

  #test(element: XmlElement): string {
    const dice = this.#dice;
    if (dice.chance(8)) return "*";
    if (dice.chance(4)) return `*:${element.localName}`;
    const local = this.#misspelt(element.localName, 4);
    if (dice.chance(3)) return local;
    return element.name.namespace === EVENTS ? `e:${local}` : `Q{${element.name.namespace}}${local}`;
  }

  #attribute({ name }: XmlAttribute): string {
    const dice = this.#dice;
    if (dice.chance(8)) return "@*";
    const local = this.#misspelt(name.localName, 6);
    return name.namespace === "" ? `@${local}` : `@Q{${name.namespace}}${local}`;
  }

  #operator(): string {
    return this.#dice.pick(["=", "=", "=", "!=", "<", "<=", ">", ">="]);
  }

  #value(text: string): string {
    return this.#dice.chance(60) ? text : this.#misspelt(text, 90);
  }

  #part(text: string): string {
    const start = this.#dice.below(text.length + 1);
    return this.#misspelt(text.slice(start, start + 1 + this.#dice.below(5)), 20);
  }

  /** The text, or one that is a little different. */
  #misspelt(text: string, percent: number): string {
    const dice = this.#dice;
    if (!dice.chance(percent)) return text;
    const at = dice.below(text.length + 1);
    return dice.pick([
      `${text.slice(0, at)}x${text.slice(at)}`,
      text.length > 1 && at > 0 ? text.slice(0, at) : `${text}s`,
      `x${text}`,
    ]);
  }
}

function asLiteral(text: string): string {
  // Half of a surrogate pair is no character.
  const whole = text.replaceAll(/\p{Surrogate}/gu, "");
  return `"${whole.replaceAll("&", "&amp;").replaceAll('"', '""')}"`;
}

/** An element with all elements in it. */
function below(element: XmlElement): readonly XmlElement[] {
  return [element, ...childElements(element).flatMap(below)];
}
