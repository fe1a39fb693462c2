/** Length of the key that signs tokens: that of the digest of HS256 (RFC 7518, section 3.2). */
export const SIGNING_KEY_BYTES = 32;
