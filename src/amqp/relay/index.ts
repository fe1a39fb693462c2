export { brokerTraits, type BrokerTraits } from "./broker-traits.ts";
export { MessageSource, type MessageSourceOptions } from "./message-source.ts";
export { purgeQueue } from "./purge-queue.ts";
export { QueueSender, type QueueSenderOptions } from "./queue-sender.ts";
export { readRelayed, type RelayedMessage } from "./relayed-message.ts";
