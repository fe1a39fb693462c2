export { announceClient } from "./announce-client.ts";
export type { AnnouncedMethod, AnnounceOptions, ClientPresence } from "./announce-client.ts";
export type { NetworkDevice } from "./network-devices.ts";
