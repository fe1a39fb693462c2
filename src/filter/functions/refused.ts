const NO_ACCESS = "a filter reads nothing but the event; no files, network, environment or modules";

const FORMATTING = "a filter decides and selects; write texts where its result is used";
const DYNAMIC = "call the function by its name";
const NOT_YET = "use the content of the event itself";

/** Functions of the standard that filters do not have, and what to do instead. This is the documentation, too. */
export const REFUSED_FUNCTIONS: Readonly<Record<string, string | undefined>> = {
  doc: NO_ACCESS,
  "doc-available": NO_ACCESS,
  collection: NO_ACCESS,
  "uri-collection": NO_ACCESS,
  "unparsed-text": NO_ACCESS,
  "unparsed-text-lines": NO_ACCESS,
  "unparsed-text-available": NO_ACCESS,
  "json-doc": NO_ACCESS,
  "environment-variable": NO_ACCESS,
  "available-environment-variables": NO_ACCESS,
  "load-xquery-module": NO_ACCESS,
  transform: NO_ACCESS,
  put: NO_ACCESS,
  "base-uri": "events have no base URI",
  "document-uri": "events have no URI",
  "format-number": FORMATTING,
  "format-integer": FORMATTING,
  "format-date": FORMATTING,
  "format-dateTime": FORMATTING,
  "format-time": FORMATTING,
  serialize: FORMATTING,
  "function-lookup": DYNAMIC,
  "random-number-generator": "a filter gives the same answer for the same event, always",
  "parse-ietf-date": "give dates in the form of xs:dateTime",
  "parse-json": NOT_YET,
  "json-to-xml": NOT_YET,
  "xml-to-json": NOT_YET,
  "parse-xml": NOT_YET,
  "parse-xml-fragment": NOT_YET,
  "default-language": "filters know no languages",
};
