/** The next thing of a login with one mechanism (RFC 4422, section 3). */
export type SaslStep =
  | { readonly kind: "challenge"; readonly data: Buffer }
  | { readonly kind: "accepted"; readonly user: string; readonly data?: Buffer }
  /** `user`: who the client said to be, where that was said. */
  | { readonly kind: "refused"; readonly user?: string };

/** The server's side of one login with one mechanism. */
export interface SaslExchange {
  /** @param response undefined when the client begins without one */
  respond(response: Buffer | undefined): SaslStep | Promise<SaslStep>;
}

/** Asks for the response that did not come with the choice of the mechanism (RFC 4422, section 3.3). */
export const EMPTY_CHALLENGE: SaslStep = Object.freeze({ kind: "challenge", data: Buffer.alloc(0) });
