import type { ConfigSource } from "./layers.ts";
import type { ConfigValue } from "./setting.ts";

/** One setting as it is in effect, for people. */
export interface ConfigEntry {
  readonly section: string;
  readonly key: string;
  /** As a file would have it, secrets as `***`; undefined: not given and without a default. */
  readonly value: ConfigValue | undefined;
  readonly source: ConfigSource;
  /** `xqbus.toml:12`, `XQBUS_EMAIL__HOST`, `--http`; undefined for defaults. */
  readonly place: string | undefined;
}
