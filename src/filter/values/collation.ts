import { QueryError, UnsupportedError } from "./query-error.ts";

/** The collation that compares code point by code point (Functions and Operators 3.1, section 5.3.2). */
export const CODEPOINT_COLLATION = "http://www.w3.org/2005/xpath-functions/collation/codepoint";

/** Collations of the standard that are not there. */
const UNSUPPORTED =
  /^http:\/\/www\.w3\.org\/(?:2013\/collation\/UCA|2005\/xpath-functions\/collation\/html-ascii-case-insensitive)/;

/**
 * Only that collation is there.
 *
 * @param code what the standard says for a collation that is not known: FOCH0002, XQST0038, XQST0076
 */
export function assertCollation(uri: string, code: string, at?: number): void {
  if (uri === CODEPOINT_COLLATION) return;
  throw new QueryError(
    code,
    `the collation ${JSON.stringify(uri)} is not known; expected "${CODEPOINT_COLLATION}"`,
    at,
  );
}

/** Refuses, when the query is compiled, a collation that the standard has and filters do not. @throws UnsupportedError */
export function refuseCollation(uri: string, at: number): void {
  if (UNSUPPORTED.test(uri) || uri.startsWith("collation/"))
    throw new UnsupportedError(`the collation ${uri}`, "compare lower-case() of both sides", at);
}
