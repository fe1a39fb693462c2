export { chooseDialect, dialectNamed, DIALECTS } from "./choose-dialect.ts";
export type { BrokerProperties, Dialect, Terminus } from "./dialect.ts";
