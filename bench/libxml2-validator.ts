import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import {
  XmlBufferInputProvider,
  XmlDocument,
  XmlValidateError,
  XsdValidator,
  xmlRegisterInputProvider,
} from "libxml2-wasm";

const FOLDER = join(import.meta.dirname, "..", "schemas", "events");
const BASE = "mem:/events/";

/** The shipped event types in the public interface of libxml2-wasm, as its documentation says to use it. */
export class Libxml2Validator {
  readonly #validator: XsdValidator;

  constructor() {
    const names = readdirSync(FOLDER).filter((name) => name.endsWith(".xsd"));
    const files = Object.fromEntries(names.map((name) => [BASE + name, readFileSync(join(FOLDER, name))]));
    xmlRegisterInputProvider(new XmlBufferInputProvider(files));
    const schema = XmlDocument.fromBuffer(
      Buffer.from(
        `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.gonicus.de/Events">
          ${names.map((name) => `<xs:include schemaLocation="${name}"/>`).join("\n")}
        </xs:schema>`,
      ),
      { url: `${BASE}all-events.xsd` },
    );
    this.#validator = XsdValidator.fromDoc(schema);
    schema.dispose();
  }

  /** Parses and validates; gives the number of problems. */
  problemsOf(bytes: Uint8Array): number {
    const document = XmlDocument.fromBuffer(bytes);
    try {
      this.#validator.validate(document);
      return 0;
    } catch (error) {
      if (!(error instanceof XmlValidateError)) throw error;
      return error.details.length;
    } finally {
      document.dispose();
    }
  }
}
