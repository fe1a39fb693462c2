export { chooseDialect, dialectNamed, DIALECTS } from "./choose-dialect.ts";
export type { BrokerProperties, Dialect, ReplyQueue, Terminus } from "./dialect.ts";
