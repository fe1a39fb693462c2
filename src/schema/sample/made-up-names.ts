/** A namespace that nobody declares, if a wildcard allows one; else no namespace, if it allows that. */
export function madeUpNamespace(allows: (namespace: string) => boolean): string | undefined {
  return ["urn:example:sample", ""].find(allows);
}
