import { XmlDocument } from "../../xml/index.ts";
import type { Validatable } from "../catalog.ts";
import type { DocumentMessage } from "./worker-messages.ts";

/** What the worker gets of a document; undefined when the document is small enough to be judged at once. */
export function largeDocument(document: Validatable, maxInlineBytes: number): DocumentMessage | undefined {
  const isAccepted = document instanceof XmlDocument;
  const input = isAccepted ? document.source : inputOf(document);
  // What is no document at all is refused where it is read.
  const isInput = typeof input === "string" || input instanceof Uint8Array;
  return isInput && input.length > maxInlineBytes ? { input, isAccepted } : undefined;
}

function inputOf(document: Exclude<Validatable, XmlDocument>): Uint8Array | string {
  return typeof document === "string" || document instanceof Uint8Array ? document : document.bytes;
}
