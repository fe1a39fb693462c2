export { callMethod, HARMLESS_EXPIRES_MS } from "./call-method.ts";
export { RequestReceiver } from "./request-receiver.ts";
export type { IncomingRequest, ReceivedCounts, RequestHandler } from "./request-receiver.ts";
export type { RequestReceiverOptions, RequestSenderOptions } from "./request-options.ts";
export { RequestSender } from "./request-sender.ts";
export type { RequestCounts, RequestLimits } from "./request-sender.ts";
export { assertServiceName } from "./service-name.ts";
export { encodeError, encodeRequest, encodeResult, readRequest, readResponse, RPC } from "./json-rpc.ts";
export type { RpcError, RpcId, RpcParams, RpcRequest } from "./json-rpc.ts";
