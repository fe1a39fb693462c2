import { parseBusUrls } from "../../amqp/index.ts";
import type { NotifierType } from "../notifier.ts";
import { AddressGuard, type ResolveName } from "./http/address-guard.ts";
import { checkHttpConfig, HTTP_FIELDS, type HttpConfig } from "./http/http-config.ts";
import { HttpNotifier } from "./http/http-notifier.ts";
import { HttpRequestMaker } from "./http/http-request.ts";
import { showFields } from "./show-fields.ts";

/** Calls a URL by POST; any answer of 200 to 299 takes the event. @param resolve finds the addresses of names; default: as the system does */
export function httpNotifier(resolve?: ResolveName): NotifierType<HttpConfig> {
  return {
    id: "http",
    summary: "Calls a URL with each event",
    fields: HTTP_FIELDS,
    check(config, { settings }) {
      const checked = checkHttpConfig(config);
      const refusal = new AddressGuard(settings.network.allow, resolve).refusalOf(new URL(checked.url).hostname);
      if (refusal !== undefined) throw refusal;
      return checked;
    },
    show: (config) => showFields(HTTP_FIELDS, config),
    open(config, { catalog, settings, busUrl }) {
      const guard = new AddressGuard(settings.network.allow, resolve);
      const [{ domain }] = parseBusUrls(busUrl);
      return HttpNotifier.open(config, guard, new HttpRequestMaker(config, catalog, `/${domain}`));
    },
  };
}
