export { notifierTypes } from "./notifier-types.ts";
export { verifyMailServer } from "./email/verify-mail-server.ts";
