export { assertExchangeName, ExchangeSender } from "./exchange-sender.ts";
export type { ExchangeMessage } from "./exchange-sender.ts";
