import type { AddLater } from "../later-command.ts";
import { addDeliveryShow } from "./delivery/show.ts";

/** Adds what there is for deliveries. */
export const addDelivery: AddLater = (delivery, session) => {
  addDeliveryShow(delivery, session);
  delivery.addHelpText("after", "\nExamples:\n  xqbus delivery show 5081a42ce19a00ea43000010");
};
