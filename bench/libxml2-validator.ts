import {
  XmlBufferInputProvider,
  XmlDocument,
  XmlValidateError,
  XsdValidator,
  xmlRegisterInputProvider,
} from "libxml2-wasm";
import { ALL_SCHEMAS, SHIPPED_SCHEMAS } from "./shipped-schemas.ts";

const BASE = "mem:/events/";

/** The shipped event types in the public interface of libxml2-wasm, as its documentation says to use it. */
export class Libxml2Validator {
  readonly #validator: XsdValidator;

  constructor() {
    const files = Object.fromEntries([...SHIPPED_SCHEMAS].map(([name, text]) => [BASE + name, Buffer.from(text)]));
    xmlRegisterInputProvider(new XmlBufferInputProvider(files));
    const schema = XmlDocument.fromBuffer(Buffer.from(ALL_SCHEMAS), { url: `${BASE}all-events.xsd` });
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
