import { XqbusError } from "../../errors.ts";
import type { AccessRule } from "./access-rule.ts";
import type { Users } from "./credentials.ts";

/** The SASL mechanisms of this broker, as it offers them: clients take the first that they know. */
export const MECHANISMS = ["EXTERNAL", "SCRAM-SHA-256", "PLAIN", "ANONYMOUS"] as const;
export type MechanismName = (typeof MECHANISMS)[number];

/** Who may log in to a broker, and how. */
export interface AccessOptions {
  /**
   * Passwords by user name, or what `hashPassword` makes of them; default: one user `admin` with a random password, which
   * `broker.url()` tells.
   */
  readonly users?: Users;
  /**
   * SASL mechanisms that are offered; default: SCRAM-SHA-256 and PLAIN, with `externalUsers` EXTERNAL (to clients that have shown
   * a certificate), with `anonymous` ANONYMOUS.
   */
  readonly mechanisms?: readonly MechanismName[];
  /** Whether clients may log in as nobody, the user `anonymous`, who may do what rules allow by this name. Default false. */
  readonly anonymous?: boolean;
  /**
   * Which user a client is that logs in by its certificate alone: `common-name`, the one that the subject's common name names,
   * or users by common name or by whole subject (`CN=robot,O=Clacks`). Each must be one of `users`. Needs `tls.requestCert`.
   */
  readonly externalUsers?: "common-name" | Readonly<Record<string, string>>;
  /**
   * Failed logins in a minute of one user from one address (an IPv6 network of 64 bits counts as one); beyond, logins are
   * refused for a while without a look at the password. Ten times as many for all users of an address. Default 10.
   */
  readonly maxFailedLogins?: number;
  /**
   * Who may publish, consume and create what. Without rules all users may do everything, and `anonymous` nothing; with them what
   * no rule allows is denied.
   */
  readonly rules?: readonly AccessRule[];
  /**
   * What a message's property user-id may say: `verify` (the default), only the name under which its sender has logged in, so that
   * receivers can rely on it; `pass`, anything, for a sender that hands on the messages of others. A message without one is always taken.
   */
  readonly userIds?: "verify" | "pass";
}

/** The same with defaults, checked. */
export interface ResolvedAccess {
  readonly mechanisms: readonly MechanismName[];
  readonly externalUsers: AccessOptions["externalUsers"];
  readonly maxFailedLogins: number;
  readonly userIds: "verify" | "pass";
}

const DEFAULT_MAX_FAILED_LOGINS = 10;
const MOST_FAILED_LOGINS = 1_000_000;

/**
 * @param hasCertificates whether clients are asked for certificates
 * @throws XqbusError `xqbus:illegal-argument`
 */
export function resolveAccess(options: AccessOptions, hasCertificates: boolean): ResolvedAccess {
  const { externalUsers, anonymous = false, maxFailedLogins = DEFAULT_MAX_FAILED_LOGINS, userIds = "verify" } = options;
  const possible: readonly MechanismName[] = MECHANISMS.filter(
    (name) => (name !== "EXTERNAL" || externalUsers !== undefined) && (name !== "ANONYMOUS" || anonymous),
  );
  const { mechanisms = possible } = options;
  if (mechanisms.length === 0) throw illegal("mechanisms is empty; expected at least one");
  const wrong = mechanisms.find((name) => !possible.includes(name));
  if (wrong !== undefined) {
    throw illegal(
      `mechanisms has ${JSON.stringify(wrong)}; expected some of ${possible.join(", ")} ` +
        "(ANONYMOUS needs the option anonymous, EXTERNAL the option externalUsers)",
    );
  }
  if (externalUsers !== undefined && !hasCertificates) {
    throw illegal("externalUsers is given and clients are not asked for certificates; expected tls with requestCert");
  }
  if (!Number.isInteger(maxFailedLogins) || maxFailedLogins < 1 || maxFailedLogins > MOST_FAILED_LOGINS) {
    throw illegal(
      `maxFailedLogins is ${String(maxFailedLogins)}; expected a whole number from 1 to ${MOST_FAILED_LOGINS}`,
    );
  }
  if (!["verify", "pass"].includes(userIds)) {
    throw illegal(`userIds is ${JSON.stringify(userIds)}; expected verify or pass`);
  }
  return {
    mechanisms: MECHANISMS.filter((name) => mechanisms.includes(name)),
    externalUsers,
    maxFailedLogins,
    userIds,
  };
}

function illegal(message: string): XqbusError {
  return new XqbusError("xqbus:illegal-argument", message);
}
