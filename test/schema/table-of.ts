import { ComponentTable } from "../../src/schema/model/component-table.ts";
import { readComponents } from "../../src/schema/model/read-components.ts";
import { parseXml } from "../../src/xml/index.ts";
import { EVENTS } from "./harness.ts";

/** The components of one schema document, without an engine. */
export function tableOf(text: string): ComponentTable {
  const tree = parseXml(text);
  const root = tree.documentElement;
  const document = { file: "/Types.xsd", baseName: "Types", isTopLevel: true, tree, root, targetNamespace: EVENTS };
  return new ComponentTable([readComponents({ document, namespace: EVENTS, includes: [], imports: [] })]);
}
