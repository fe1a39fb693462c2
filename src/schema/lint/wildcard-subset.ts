import type { Wildcard } from "../model/components.ts";
import { wildcardAllows } from "../model/content.ts";

/** Whether everything that one wildcard admits is admitted by the other (section 3.10.6, cos-ns-subset). */
export function isWildcardSubset(own: Wildcard, base: Wildcard): boolean {
  if (base.namespaces === "##any") return true;
  if (own.namespaces === "##any") return false;
  if (own.namespaces === "##other") {
    return base.namespaces === "##other" && base.targetNamespace === own.targetNamespace;
  }
  return namespacesOf(own).every((namespace) => wildcardAllows(base, namespace));
}

/** The namespaces that a wildcard lists. */
function namespacesOf({ namespaces, targetNamespace }: Wildcard): readonly string[] {
  return namespaces
    .split(/[ \t\n\r]+/)
    .filter(Boolean)
    .map((each) => (each === "##targetNamespace" ? targetNamespace : each === "##local" ? "" : each));
}
