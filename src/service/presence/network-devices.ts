import { networkInterfaces } from "node:os";
import type { NetworkInterfaceInfo } from "node:os";

/** A network interface as a ClientAnnounce tells of it; what it does not have is empty. */
export interface NetworkDevice {
  /** In the operating system: `eth0`. */
  readonly name: string;
  readonly ipAddress?: string;
  readonly ipv6Address?: string;
  /** Six bytes in hexadecimal: `00:16:3e:4a:5b:6c`. */
  readonly mac?: string;
  readonly netmask?: string;
  readonly broadcast?: string;
}

/** The interfaces of this machine that lead out of it, each with its first addresses; those that do not when there are no others. */
export function ownNetworkDevices(
  interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces(),
): readonly NetworkDevice[] {
  const all = Object.entries(interfaces).map(([name, addresses = []]) => ({ name, addresses }));
  const outer = all.filter(({ addresses }) => addresses.some(({ internal }) => !internal));
  const devices = (outer.length > 0 ? outer : all).map(({ name, addresses }) => deviceOf(name, addresses));
  // The event type wants one at least.
  return devices.length > 0 ? devices : [{ name: "none" }];
}

function deviceOf(name: string, addresses: readonly NetworkInterfaceInfo[]): NetworkDevice {
  const ipv4 = addresses.find(({ family }) => family === "IPv4");
  const ipv6 = addresses.find(({ family }) => family === "IPv6");
  const mac = (ipv4 ?? ipv6)?.mac;
  return {
    name,
    ...(ipv4 === undefined
      ? {}
      : { ipAddress: ipv4.address, netmask: ipv4.netmask, broadcast: broadcastOf(ipv4.address, ipv4.netmask) }),
    ...(ipv6 === undefined ? {} : { ipv6Address: ipv6.address }),
    ...(mac === undefined ? {} : { mac }),
  };
}

/** The last address of the network. */
function broadcastOf(address: string, netmask: string): string {
  const mask = netmask.split(".").map(Number);
  return address
    .split(".")
    .map((byte, index) => Number(byte) | (~(mask[index] ?? 255) & 255))
    .join(".");
}
