import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A receiver that takes everything and tells its parent how much: what both sides of the comparison call. */
let taken = 0;
const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => {
    taken++;
    response.end("ok");
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on("message", () => process.send?.({ taken }));
