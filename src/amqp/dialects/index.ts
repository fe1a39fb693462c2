export { chooseDialect, dialectNamed, DIALECTS } from "./choose-dialect.ts";
export type { BrokerProperties, Dialect, FilterOffer, FilterSupport, ReplyQueue, Terminus } from "./dialect.ts";
