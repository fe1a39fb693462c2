export type { HttpLogRecord, HttpOptions } from "./http-options.ts";
export { startHttp } from "./start-http.ts";
export type { HttpServer } from "./start-http.ts";
