import { isNCName, isName, type XmlElement } from "../../xml/index.ts";
import { namespaceOfQName, splitQName } from "../model/xsd.ts";

/** Whether the text is a Nmtoken (XML 1.0, production [7]). */
export function isNmtoken(text: string): boolean {
  // What may follow the first character of a Name is what a Nmtoken consists of.
  return text !== "" && isName(`_${text}`);
}

/** Whether the text has the form of a language tag (XML Schema 1.0 part 2, section 3.3.3): `en`, `de-AT`. */
export function isLanguage(text: string): boolean {
  let length = 0;
  let isFirst = true;
  for (let at = 0; at <= text.length; at++) {
    const code = text.charCodeAt(at);
    if (at === text.length || code === MINUS) {
      if (length === 0 || length > 8) return false;
      length = 0;
      isFirst = false;
      continue;
    }
    const isLetter = (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
    if (!isLetter && (isFirst || code < 0x30 || code > 0x39)) return false;
    length++;
  }
  return true;
}

/** Whether the text is a QName (section 3.2.18) whose prefix is declared in the scope. */
export function isQName(text: string, scope: XmlElement): boolean {
  const { prefix, localName } = splitQName(text);
  if (!isNCName(localName) || (text.includes(":") && !isNCName(prefix))) return false;
  return namespaceOfQName(scope, text) !== undefined;
}

/** The expanded name of a QName in Clark notation. */
export function expandQName(text: string, scope: XmlElement): string {
  return `{${namespaceOfQName(scope, text) ?? ""}}${splitQName(text).localName}`;
}

const MINUS = 0x2d;
