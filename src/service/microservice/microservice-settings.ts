import { busUrlOfEnvironment, parseBusUrls, urlsOfDomain } from "../../amqp/index.ts";
import { XqbusError } from "../../errors.ts";

/** Where the events of a family of microservices go. */
export interface MicroserviceOptions {
  /** The name of this service; default: the environment's `SERVICE_NAME`. */
  readonly service?: string;
  /** The name of the stage; `production` has the plain address. Default: the environment's `STAGING_NAME`. */
  readonly staging?: string;
  /** The broker, as everywhere; its path does not matter. Default: the environment's `XQBUS_URL`, else `BROKER_URL`. */
  readonly url?: string | readonly string[];
  /** Where the settings come from that are not given; default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The settings in effect. */
export interface MicroserviceSettings {
  readonly service: string;
  /** What every service listens to: `microservice-events`, or `microservice-events-<STAGING_NAME>`. */
  readonly address: string;
  /** What the workers of this service share: `<SERVICE_NAME>-events`. */
  readonly queue: string;
  /** The brokers, with the address as domain. */
  readonly urls: readonly string[];
  /** What the URL's path has said of a virtual host. */
  readonly vhost: string | undefined;
}

const ADDRESS = "microservice-events";
const PRODUCTION = "production";
/** Words as in a domain, without dots. */
const NAME = /^[A-Za-z0-9_-]{1,100}$/u;

/**
 * The settings that the options and the environment give.
 *
 * @throws XqbusError `xqbus:illegal-argument` naming the setting that is missing or cannot be used; `xqbus:invalid-url`
 */
export function microserviceSettings(options: MicroserviceOptions): MicroserviceSettings {
  const { env = process.env } = options;
  const service = nameOf(options.service ?? env["SERVICE_NAME"], "service", "SERVICE_NAME");
  const staging = nameOf(options.staging ?? env["STAGING_NAME"], "staging", "STAGING_NAME");
  const url = options.url ?? busUrlOfEnvironment(env);
  if (url === undefined) {
    throw new XqbusError(
      "xqbus:invalid-url",
      "no broker was named; give the option url, or set XQBUS_URL or BROKER_URL",
    );
  }
  const address = staging === PRODUCTION ? ADDRESS : `${ADDRESS}-${staging}`;
  const [{ vhost }] = parseBusUrls(url);
  return { service, address, queue: `${service}-events`, urls: urlsOfDomain(url, address), vhost };
}

/** The other options, with the virtual host that the URL's path has named. */
export function otherOptions<O extends MicroserviceOptions>(
  options: O,
  { vhost }: MicroserviceSettings,
): Omit<O, keyof MicroserviceOptions> {
  const entries = Object.entries(options).filter(([name]) => !SETTINGS.includes(name));
  return Object.fromEntries(vhost === undefined ? entries : [["vhost", vhost], ...entries]) as Omit<
    O,
    keyof MicroserviceOptions
  >;
}

const SETTINGS: readonly string[] = ["service", "staging", "url", "env"] satisfies (keyof MicroserviceOptions)[];

function nameOf(value: string | undefined, option: string, variable: string): string {
  if (value !== undefined && NAME.test(value)) return value;
  const found = value === undefined ? "is missing" : `is ${JSON.stringify(value.slice(0, 100))}`;
  throw new XqbusError(
    "xqbus:illegal-argument",
    `the setting ${variable} (option ${option}) ${found}; expected letters, digits, "_" and "-"`,
  );
}
