import { XmlElement, type XmlAttribute } from "../../xml/index.ts";

/** The paths of the nodes of one document, as {@link ValidationProblem.path} describes them. Siblings are counted once. */
export class NodePaths {
  readonly #namespace: string;
  readonly #positions = new Map<XmlElement["parent"], ReadonlyMap<XmlElement, number>>();

  /** @param namespace the namespace whose names stand alone */
  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  pathOf(node: XmlElement | XmlAttribute): string {
    let path = "";
    for (let at: XmlElement | XmlAttribute = node; ; at = at.parent) {
      path = `/${this.#step(at)}${path}`;
      if (!(at.parent instanceof XmlElement)) return path;
    }
  }

  #step(node: XmlElement | XmlAttribute): string {
    const isPlain = node.name.namespace === "" || node.name.namespace === this.#namespace;
    const name = isPlain ? node.name.localName : node.prefix === "" ? `Q${String(node.name)}` : node.nodeName;
    if (!(node instanceof XmlElement)) return `@${name}`;
    const position = this.#positionsIn(node.parent).get(node);
    return position === undefined ? name : `${name}[${position}]`;
  }

  /** The numbers of the children that have a sibling of the same name. */
  #positionsIn(parent: XmlElement["parent"]): ReadonlyMap<XmlElement, number> {
    let positions = this.#positions.get(parent);
    if (positions === undefined) {
      positions = numberNamesakes(parent);
      this.#positions.set(parent, positions);
    }
    return positions;
  }
}

function numberNamesakes(parent: XmlElement["parent"]): ReadonlyMap<XmlElement, number> {
  const namesakes = new Map<string, XmlElement[]>();
  for (const child of parent.children) {
    if (!(child instanceof XmlElement)) continue;
    const key = String(child.name);
    const earlier = namesakes.get(key);
    if (earlier === undefined) namesakes.set(key, [child]);
    else earlier.push(child);
  }
  const positions = new Map<XmlElement, number>();
  for (const elements of namesakes.values()) {
    if (elements.length > 1) for (const [index, element] of elements.entries()) positions.set(element, index + 1);
  }
  return positions;
}
