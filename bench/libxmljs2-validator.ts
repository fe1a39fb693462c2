import { createRequire } from "node:module";
import { ALL_SCHEMAS, SHIPPED_BASE } from "./shipped-schemas.ts";

/** The part of libxmljs2 that is measured. */
interface Libxmljs2 {
  parseXml(text: string, options?: { readonly baseUrl: string }): Document;
}

interface Document {
  /** Compiles the schema, each time. */
  validate(schema: Document): boolean;
  readonly validationErrors: readonly unknown[];
}

/** How to get the package, which is compiled from source and therefore installed by hand. */
export const INSTALL_LIBXMLJS2 = "npm install --prefix bench/libxmljs2";

/** The number of problems that libxmljs2 finds in an event of the shipped types; undefined where it is not installed. */
export function libxmljs2Validator(): ((bytes: Buffer) => number) | undefined {
  let libxmljs2: Libxmljs2;
  try {
    libxmljs2 = createRequire(new URL("./libxmljs2/package.json", import.meta.url))("libxmljs2") as Libxmljs2;
  } catch {
    return undefined;
  }
  const schema = libxmljs2.parseXml(ALL_SCHEMAS, { baseUrl: `${SHIPPED_BASE}all-events.xsd` });
  return (bytes) => {
    const document = libxmljs2.parseXml(bytes.toString());
    return document.validate(schema) ? 0 : document.validationErrors.length;
  };
}
