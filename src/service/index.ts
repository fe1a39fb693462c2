export { AMQPServiceProxy } from "./amqp-service-proxy.ts";
