import { describe, expect, it, vi } from "vitest";
import { announceClient, type AnnounceOptions } from "../../src/service/index.ts";
import { ownNetworkDevices } from "../../src/service/presence/network-devices.ts";
import { createTestBus, type TestBus } from "../../src/testing/index.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";

const POLL = '<Event xmlns="http://www.gonicus.de/Events"><ClientPoll/></Event>';
const DEVICE = { name: "eth0", ipAddress: "192.0.2.17" };

function namesOf(bus: TestBus): readonly string[] {
  return bus.events.map(({ name }) => name);
}

async function poll(bus: TestBus): Promise<void> {
  await bus.send(POLL);
  await bus.settle();
}

describe("a client that announces itself", () => {
  const clock = (): VirtualClock => new VirtualClock(0);
  const options = (more: AnnounceOptions = {}): AnnounceOptions => ({
    id: "client-1",
    networkDevices: [DEVICE],
    ...more,
  });

  it("tells who it is when it comes, and that it leaves", async () => {
    await using bus = createTestBus();
    const presence = await announceClient(
      bus.url,
      options({
        name: "workstation",
        methods: [{ name: "notify_all", path: "Notify.notify_all", signature: "title,message" }],
      }),
    );
    expect(bus.events[0]?.content).toEqual({
      Id: "client-1",
      Name: "workstation",
      NetworkInformation: {
        NetworkDevice: [
          { Name: "eth0", IPAddress: "192.0.2.17", IPv6Address: "", MAC: "", Netmask: "", Broadcast: "" },
        ],
      },
      ClientCapabilities: {
        ClientMethod: [
          { Name: "notify_all", Path: "Notify.notify_all", Signature: "title,message", Documentation: "" },
        ],
      },
    });
    await presence.leave();
    await presence.leave();
    expect(namesOf(bus)).toEqual(["ClientAnnounce", "ClientLeave"]);
    expect(bus.events[1]?.content).toEqual({ Id: "client-1" });
    await vi.waitFor(() => expect(bus.broker.counts.connections).toBe(0));
  });

  it("says nothing of methods that it does not name", async () => {
    await using bus = createTestBus();
    const presence = await announceClient(bus.url, options());
    expect(bus.events[0]?.content).not.toHaveProperty("ClientCapabilities");
    await presence.leave();
  });

  it("answers a poll after a while that chance decides", async () => {
    await using bus = createTestBus();
    const time = clock();
    const presence = await announceClient(bus.url, options({ clock: time, random: () => 0.5, maxAnswerDelayMs: 1999 }));
    await poll(bus);
    time.advance(999);
    await bus.settle();
    expect(namesOf(bus)).toEqual(["ClientAnnounce", "ClientPoll"]);
    time.advance(1);
    await bus.settle();
    expect(namesOf(bus)).toEqual(["ClientAnnounce", "ClientPoll", "ClientAnnounce"]);
    await presence.leave();
  });

  it("answers several who ask at the same time once, and the next one again", async () => {
    await using bus = createTestBus();
    const time = clock();
    const presence = await announceClient(bus.url, options({ clock: time }));
    for (let n = 0; n < 3; n++) await poll(bus);
    time.advance(5_000);
    await bus.settle();
    await poll(bus);
    time.advance(5_000);
    await bus.settle();
    expect(namesOf(bus).filter((name) => name === "ClientAnnounce")).toHaveLength(3);
    await presence.leave();
  });

  it("answers nobody any more when it has left", async () => {
    await using bus = createTestBus();
    const time = clock();
    const presence = await announceClient(bus.url, options({ clock: time }));
    await poll(bus);
    await presence.leave();
    time.advance(10_000);
    await poll(bus);
    expect(namesOf(bus)).toEqual(["ClientAnnounce", "ClientPoll", "ClientLeave", "ClientPoll"]);
  });

  it("tells of an answer that could not be sent", async () => {
    await using bus = createTestBus();
    const time = clock();
    const errors: unknown[] = [];
    let isBroken = false;
    const devices: readonly (typeof DEVICE)[] = new Proxy([DEVICE], {
      get: (target, key): unknown => {
        if (isBroken && key === "map") throw new Error("broken");
        return Reflect.get(target, key);
      },
    });
    const presence = await announceClient(
      bus.url,
      options({ clock: time, networkDevices: devices, onError: (error) => errors.push(error) }),
    );
    await poll(bus);
    isBroken = true;
    time.advance(5_000);
    await vi.waitFor(() => expect(errors).toEqual([new Error("broken")]));
    await presence.leave();
  });

  it.each([
    [{ id: "" }, 'id must be a text, got ""'],
    [{ networkDevices: [] }, "networkDevices must have one device at least"],
    [{ maxAnswerDelayMs: -1 }, "maxAnswerDelayMs must be a whole number from 0 to 3600000, got -1"],
  ])("is refused with %j", async (more, message) => {
    await using bus = createTestBus();
    await expect(announceClient(bus.url, options(more))).rejects.toMatchObject({
      code: "xqbus:illegal-argument",
      message,
    });
    expect(bus.events).toEqual([]);
  });

  it("is connected no more when it cannot announce itself", async () => {
    await using bus = createTestBus({
      broker: { onPublish: () => ({ condition: "amqp:not-allowed", description: "nobody may" }) },
    });
    await expect(announceClient(bus.url, options())).rejects.toMatchObject({ code: "amqp:not-allowed" });
    await vi.waitFor(() => expect(bus.broker.counts.connections).toBe(0));
  });
});

describe("the network devices of a machine", () => {
  const address = { internal: false, cidr: null, mac: "00:16:3e:4a:5b:6c" };
  const lo = [
    {
      ...address,
      family: "IPv4" as const,
      address: "127.0.0.1",
      netmask: "255.0.0.0",
      internal: true,
      mac: "00:00:00:00:00:00",
    },
  ];

  it("are those that lead out of it", () => {
    const devices = ownNetworkDevices({
      lo,
      eth0: [
        { ...address, family: "IPv4", address: "192.0.2.17", netmask: "255.255.255.192" },
        { ...address, family: "IPv6", address: "2001:db8::17", netmask: "ffff::", scopeid: 0 },
        { ...address, family: "IPv4", address: "192.0.2.18", netmask: "255.255.255.192" },
      ],
      eth1: [{ ...address, family: "IPv6", address: "2001:db8::18", netmask: "ffff::", scopeid: 0 }],
    });
    expect(devices).toEqual([
      {
        name: "eth0",
        ipAddress: "192.0.2.17",
        netmask: "255.255.255.192",
        broadcast: "192.0.2.63",
        ipv6Address: "2001:db8::17",
        mac: "00:16:3e:4a:5b:6c",
      },
      { name: "eth1", ipv6Address: "2001:db8::18", mac: "00:16:3e:4a:5b:6c" },
    ]);
  });

  it("are those inside it when there are no others, and one without addresses when there are none", () => {
    expect(ownNetworkDevices({ lo })).toMatchObject([{ name: "lo", ipAddress: "127.0.0.1" }]);
    expect(ownNetworkDevices({})).toEqual([{ name: "none" }]);
  });
});
