import type { Catalog, Event, SelectorProperties } from "xqbus";
import { xqbus } from "./compiled-package.ts";
import type { Report } from "./report.ts";

/** Filters as people write them, over the event types that are shipped. */
const FILTERS: readonly string[] = [
  '/e:Event/e:PhoneStatus[e:Status = "busy"]',
  '/e:Event/e:PhoneStatus[e:CallerId = "0815" or e:ReceiverId = "0815"]',
  "/e:Event/e:PhoneStatus",
  '/e:Event/e:CollectD[e:Plugin = "cpu" and e:Type = "user"]',
  "/e:Event/e:NodeStatus[e:Load > 0.8]",
  "/e:Event/e:NodeStatus[e:Workers < 4]",
  '/e:Event/*[e:Id = "4711"]',
  '/e:Event/e:ClientAnnounce[starts-with(e:Name, "web")]',
  'for $e in ./e:Event/e:AsteriskNotification where $e/e:Type != "voicemail" return $e',
  'contains(/e:Event, "error")',
  "count(//e:Id) > 1",
];

const SAMPLES = 200;

/** Values that fields of these names take in turn, so that the filters find some; all other values are the sampler's. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  Status: ["busy", "free", "ringing"],
  CallerId: ["0815", "0816", "0817", "0818", "0819"],
  Plugin: ["cpu", "disk", "memory"],
  Type: ["user", "system", "voicemail", "fax"],
  Id: ["4711", "4712", "4713", "4714", "4715", "4716", "4717"],
  Name: ["web1", "web2", "db1", "mail1"],
};

/**
 * How many messages the selectors of filters leave out, over samples of all event types: "always true" would show as 100 %. Nothing
 * is timed.
 */
export async function run(): Promise<Report> {
  using catalog = await xqbus.loadCatalog();
  const messages = catalog.eventNames.flatMap((name) =>
    Array.from({ length: SAMPLES }, (_, index) => {
      const sample = catalog.sample(name, { seed: index + 1, values: valuesFor(name, index, catalog) });
      const event = xqbus.Event.parse(sample, { catalog });
      return { event, properties: propertiesOf(event, catalog) };
    }),
  );
  const share = (isCounted: (message: (typeof messages)[number]) => boolean): string =>
    `${((100 * messages.filter(isCounted).length) / messages.length).toFixed(1)} %`;
  const rows = FILTERS.map((text) => {
    const filter = xqbus.compileFilter(text, { catalog });
    const selector = xqbus.compileSelector(filter.selector ?? "");
    return [
      `\`${text}\``,
      filter.selector === undefined ? "–" : `\`${filter.selector}\``,
      share(({ event }) => filter.matches(event.document)),
      share(({ properties }) => selector.matches(properties)),
    ];
  });
  return {
    tables: [
      {
        title: `Messages that selectors let through, of ${messages.length} samples of ${catalog.eventNames.length} event types`,
        columns: ["filter", "selector", "filter matches", "selector lets through"],
        rows,
      },
    ],
  };
}

function valuesFor(name: string, index: number, catalog: Catalog): Readonly<Record<string, string>> {
  const fields = xqbus.annotationsOf(catalog.model).event(name)?.annotations.promote ?? [];
  const given = fields.flatMap((path) => {
    const values = VALUES[path];
    return values === undefined ? [] : [[path, values[index % values.length] ?? ""]];
  });
  return Object.fromEntries(given) as Readonly<Record<string, string>>;
}

/** What a publisher puts into the message. */
function propertiesOf(event: Event, catalog: Catalog): SelectorProperties {
  const promoted = xqbus.annotationsOf(catalog.model).event(event.name, event.namespace)?.promoted ?? [];
  const properties = new Map(
    promoted.map(({ path, property, valueOf }) => {
      const text = event.get(path);
      return [property, text === undefined ? undefined : valueOf(text)] as const;
    }),
  );
  return (name) => {
    const property = properties.get(name);
    return property?.kind === "integer" ? BigInt(property.value) : property?.value;
  };
}
