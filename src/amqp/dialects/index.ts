export { chooseDialect, dialectNamed, DIALECTS } from "./choose-dialect.ts";
export type { BrokerProperties, Dialect, FilterOffer, FilterSupport, Terminus } from "./dialect.ts";
