import { lookup as lookUp } from "node:dns";
import { createRequire } from "node:module";
import type { LookupAddress, LookupAllOptions } from "node:dns";
import { isIP } from "node:net";
import type { LookupFunction } from "node:net";
import type ipaddr from "ipaddr.js";
import { illegalOption, shown } from "../../../assert-option.ts";
import { XqbusError } from "../../../errors.ts";
import { missingPackage } from "../../../optional-package.ts";

/** Finds the addresses of a name. */
export type ResolveName = (
  name: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

type IpAddresses = typeof ipaddr;
type IpAddress = ipaddr.IPv4 | ipaddr.IPv6;
type Network = readonly [address: IpAddress, prefixLength: number];

/** What a translator makes IPv4 addresses of (RFC 6052, section 2.1): the last four bytes are the address that is called. */
const NAT64 = "64:ff9b::/96";
/** All addresses of IPv6 that are given out for global unicast (RFC 4291, section 2.4; IANA's registry). */
const GLOBAL = "2000::/3";
/** Names that are loopback wherever they are asked for (RFC 6761, section 6.3). */
const LOCALHOST = /(?:^|\.)localhost\.?$/iu;

/**
 * Says which addresses outgoing calls may go to: those of the public Internet, and those of the networks that the settings name.
 * So nobody who may create listeners can make the daemon call what only the daemon reaches.
 *
 * The address that is dialled is checked, not the text of the URL: {@link AddressGuard.lookup} is what a socket asks for addresses.
 * URLs with an address in them need {@link AddressGuard.refusalOf}, as sockets look up names only.
 */
export class AddressGuard {
  readonly #ip: IpAddresses;
  readonly #allowed: readonly Network[];
  readonly #resolve: ResolveName;

  /**
   * @param allow networks in CIDR form
   * @param resolve default: that of the system
   * @throws XqbusError `xqbus:illegal-argument` for what is no network, `xqbus:missing-package`
   */
  constructor(allow: readonly string[], resolve: ResolveName = lookUp) {
    this.#ip = ipAddresses();
    this.#allowed = allow.map((network) => this.#networkOf(network));
    this.#resolve = resolve;
  }

  /** Why a host of a URL may not be called whatever its names lead to; undefined for one whose address shows when it is called. */
  refusalOf(host: string): XqbusError | undefined {
    const address = host.replace(/^\[(.*)\]$/u, "$1");
    if (isIP(address) > 0) return this.#allows(address) ? undefined : refused(host);
    if (!LOCALHOST.test(host) || this.#allows("127.0.0.1") || this.#allows("::1")) return undefined;
    return refused(host, ["127.0.0.1", "::1"]);
  }

  /** Looks up a name for a socket, and gives it the addresses only that may be called. */
  readonly lookup: LookupFunction = (name, options, callback) => {
    this.#resolve(name, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, []);
        return;
      }
      const allowed = addresses.filter(({ address }) => this.#allows(address));
      const [first] = allowed;
      if (first === undefined) {
        const found = addresses.map(({ address }) => address);
        callback(refused(name, found), []);
      } else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };

  #allows(text: string): boolean {
    if (!this.#ip.isValid(text)) return false;
    const address = this.#calledBy(this.#ip.process(text));
    if (this.#allowed.some((network) => isIn(address, network))) return true;
    if (address.range() !== "unicast") return false;
    return address.kind() === "ipv4" || isIn(address, this.#ip.parseCIDR(GLOBAL));
  }

  /** The IPv4 address that a translator calls for this one; else itself. */
  #calledBy(address: IpAddress): IpAddress {
    if (!isIn(address, this.#ip.parseCIDR(NAT64))) return address;
    return this.#ip.fromByteArray(address.toByteArray().slice(-4));
  }

  #networkOf(text: string): Network {
    if (typeof text === "string" && this.#ip.isValidCIDR(text)) {
      const [address, prefixLength] = this.#ip.parseCIDR(text);
      return [address, prefixLength];
    }
    throw illegalOption(`allow_networks must have networks such as 10.1.0.0/16 or fd00::/8, got ${shown(text)}`);
  }
}

/** At once, as configurations are checked; and when it is needed only, for the package is optional. */
function ipAddresses(): IpAddresses {
  try {
    return createRequire(import.meta.url)("ipaddr.js") as IpAddresses;
  } catch (cause) {
    throw missingPackage("ipaddr.js", "an http listener", cause);
  }
}

function isIn(address: IpAddress, [network, prefixLength]: Network): boolean {
  return address.kind() === network.kind() && address.match(network, prefixLength);
}

/** @param addresses of a name */
function refused(host: string, addresses: readonly string[] = []): XqbusError {
  const found = addresses.length === 0 ? "" : ` (${addresses.join(", ")})`;
  return new XqbusError(
    "xqbus:address-refused",
    `${host}${found} is no public address; [listener] allow_networks may name networks that are to be called nevertheless`,
  );
}
