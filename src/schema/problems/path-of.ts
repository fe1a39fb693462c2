import { sameName, XmlElement, type XmlAttribute } from "../../xml/index.ts";

/**
 * The path of a node for readers and programs, as {@link ValidationProblem.path} describes it.
 *
 * @param namespace the namespace whose names stand alone
 */
export function pathOf(node: XmlElement | XmlAttribute, namespace: string): string {
  let path = "";
  for (let at: XmlElement | XmlAttribute = node; ; at = at.parent) {
    path = `/${stepOf(at, namespace)}${path}`;
    if (!(at.parent instanceof XmlElement)) return path;
  }
}

function stepOf(node: XmlElement | XmlAttribute, namespace: string): string {
  const isElement = node instanceof XmlElement;
  const isPlain = node.name.namespace === "" || node.name.namespace === namespace;
  const name = isPlain ? node.name.localName : node.prefix === "" ? `Q${String(node.name)}` : node.nodeName;
  return isElement ? `${name}${positionAmongSiblings(node)}` : `@${name}`;
}

function positionAmongSiblings(element: XmlElement): string {
  let count = 0;
  let position = 0;
  for (const sibling of element.parent.children) {
    if (!(sibling instanceof XmlElement) || !sameName(sibling.name, element.name)) continue;
    count++;
    if (sibling === element) position = count;
  }
  return count > 1 ? `[${position}]` : "";
}
