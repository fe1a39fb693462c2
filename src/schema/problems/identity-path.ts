import { XmlElement, sameName, type ExpandedName, internName, type XmlAttribute } from "../../xml/index.ts";
import { namespaceOfQName, splitQName } from "../model/xsd.ts";

/** A selector or field of an identity constraint: the subset of XPath in XML Schema 1.0 part 1, section 3.11.6. */
export type IdentityPath = readonly IdentityPathBranch[];

/** One of the alternatives between `|`. */
interface IdentityPathBranch {
  /** Whether it begins with `.//`. */
  readonly isDeep: boolean;
  readonly steps: readonly NameTest[];
  /** The attribute that a field ends with. */
  readonly attribute: NameTest | undefined;
}

/** A name, a namespace, or neither for `*`. */
interface NameTest {
  readonly name?: ExpandedName;
  readonly namespace?: string;
}

/**
 * Reads a path; the engine has checked its form.
 *
 * @param scope the element of the schema document whose prefixes it uses
 */
export function parseIdentityPath(text: string, scope: XmlElement): IdentityPath {
  return text.split("|").map((branch) => {
    const written = branch.replaceAll(/[ \t\n\r]/g, "");
    const isDeep = written.startsWith(".//");
    const steps = (isDeep ? written.slice(3) : written).split("/").filter((step) => step !== "." && step !== "");
    const last = steps.at(-1) ?? "";
    const attribute = /^(?:@|attribute::)(.*)$/.exec(last)?.[1];
    const elements = attribute === undefined ? steps : steps.slice(0, -1);
    return {
      isDeep,
      steps: elements.map((step) => nameTest(step.replace(/^child::/, ""), scope)),
      attribute: attribute === undefined ? undefined : nameTest(attribute, scope),
    };
  });
}

/** The nodes that a path selects from an element, each once. */
export function selectNodes(path: IdentityPath, from: XmlElement): ReadonlySet<XmlElement | XmlAttribute> {
  const selected = new Set<XmlElement | XmlAttribute>();
  for (const branch of path) {
    for (const element of branch.isDeep ? deepMatches(branch.steps, from) : matches(branch.steps, from)) {
      if (branch.attribute === undefined) selected.add(element);
      else for (const each of element.attributes) if (passes(branch.attribute, each.name)) selected.add(each);
    }
  }
  return selected;
}

function nameTest(written: string, scope: XmlElement): NameTest {
  if (written === "*") return {};
  const { prefix, localName } = splitQName(written);
  // Without prefix a name is in no namespace, whatever the default one is.
  const namespace = prefix === "" ? "" : (namespaceOfQName(scope, written) ?? "");
  return localName === "*" ? { namespace } : { name: internName(namespace, localName) };
}

function passes({ name, namespace }: NameTest, actual: ExpandedName): boolean {
  if (name !== undefined) return sameName(name, actual);
  return namespace === undefined || namespace === actual.namespace;
}

function matches(steps: readonly NameTest[], from: XmlElement): readonly XmlElement[] {
  let found: readonly XmlElement[] = [from];
  for (const step of steps) {
    found = found.flatMap(({ children }) =>
      children.filter((child): child is XmlElement => child instanceof XmlElement && passes(step, child.name)),
    );
  }
  return found;
}

function deepMatches(steps: readonly NameTest[], from: XmlElement): readonly XmlElement[] {
  const found: XmlElement[] = [];
  const pending = [from];
  for (let element = pending.pop(); element !== undefined; element = pending.pop()) {
    if (endsHere(steps, element, from)) found.push(element);
    for (let i = element.children.length - 1; i >= 0; i--) {
      const child = element.children[i];
      if (child instanceof XmlElement) pending.push(child);
    }
  }
  return found;
}

/** Whether the steps lead from the element `from`, or one below it, to this element. */
function endsHere(steps: readonly NameTest[], element: XmlElement, from: XmlElement): boolean {
  let at: XmlElement = element;
  for (let i = steps.length - 1; i >= 0; i--) {
    if (at === from || !passes(steps[i]!, at.name) || !(at.parent instanceof XmlElement)) return false;
    at = at.parent;
  }
  return true;
}
