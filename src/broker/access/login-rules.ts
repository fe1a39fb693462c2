import type { ResolvedAccess } from "./access-options.ts";
import type { Credentials } from "./credentials.ts";
import type { LoginThrottle } from "./login-throttle.ts";

/** What all logins of a broker share. */
export interface LoginRules extends ResolvedAccess {
  /** Changes when users are replaced. */
  credentials: Credentials;
  readonly throttle: LoginThrottle;
}
