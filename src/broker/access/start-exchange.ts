import type { MechanismName } from "./access-options.ts";
import { PlainExchange } from "./plain-exchange.ts";
import type { LoginRules } from "./login-rules.ts";
import type { SaslExchange } from "./sasl-exchange.ts";
import { ScramExchange } from "./scram-exchange.ts";
import { ANONYMOUS_USER } from "./user-name.ts";

/**
 * Begins a login with a mechanism that was offered.
 *
 * @param certificate the user that the client's certificate stands for
 */
export function startExchange(
  mechanism: MechanismName,
  { credentials }: LoginRules,
  certificate: string | undefined,
): SaslExchange {
  switch (mechanism) {
    case "PLAIN":
      return new PlainExchange(credentials);
    case "SCRAM-SHA-256":
      return new ScramExchange(credentials);
    case "ANONYMOUS":
      // What the client says of itself (RFC 4505) proves nothing.
      return { respond: () => ({ kind: "accepted", user: ANONYMOUS_USER }) };
    case "EXTERNAL":
      return {
        /** @param response the user to act as, who must be that of the certificate; mostly empty (RFC 4422, appendix A) */
        respond: (response = Buffer.alloc(0)) => {
          const user = certificate;
          if (user === undefined || !credentials.has(user)) return { kind: "refused" };
          const isOwn = response.length === 0 || response.toString("utf8") === user;
          return { kind: isOwn ? "accepted" : "refused", user };
        },
      };
  }
}
