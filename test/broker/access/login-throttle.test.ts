import { describe, expect, it } from "vitest";
import { LoginThrottle } from "../../../src/broker/access/login-throttle.ts";
import { VirtualClock } from "../virtual-clock.ts";

function fail(throttle: LoginThrottle, times: number, address: string, user?: string): void {
  for (let i = 0; i < times; i++) throttle.failed(address, user);
}

describe("Failed logins", () => {
  it("block a user at one address, and nobody else", () => {
    const throttle = new LoginThrottle(3, new VirtualClock(0));
    fail(throttle, 2, "10.0.0.1", "ada");
    expect(throttle.isBlocked("10.0.0.1", "ada")).toBe(false);
    fail(throttle, 1, "10.0.0.1", "ada");
    expect(throttle.isBlocked("10.0.0.1", "ada")).toBe(true);
    expect(throttle.isBlocked("10.0.0.2", "ada")).toBe(false);
    expect(throttle.isBlocked("10.0.0.1", "bob")).toBe(false);
    expect(throttle.isBlocked("10.0.0.1")).toBe(false);
  });

  it("block an address that tries many users", () => {
    const throttle = new LoginThrottle(3, new VirtualClock(0));
    for (let i = 0; i < 30; i++) throttle.failed("10.0.0.1", `user ${i}`);
    expect(throttle.isBlocked("10.0.0.1")).toBe(true);
    expect(throttle.isBlocked("10.0.0.1", "somebody else")).toBe(true);
    expect(throttle.isBlocked("10.0.0.2")).toBe(false);
  });

  it("are forgotten little by little", () => {
    const clock = new VirtualClock(0);
    const throttle = new LoginThrottle(3, clock);
    fail(throttle, 3, "10.0.0.1", "ada");
    clock.advance(19_000);
    expect(throttle.isBlocked("10.0.0.1", "ada")).toBe(true);
    clock.advance(1_001);
    expect(throttle.isBlocked("10.0.0.1", "ada")).toBe(false);
    fail(throttle, 1, "10.0.0.1", "ada");
    expect(throttle.isBlocked("10.0.0.1", "ada")).toBe(true);
  });

  it.each([
    ["2001:db8::1", "2001:db8::ffff:1", true],
    ["2001:db8:0:0:1::1", "2001:db8::2", true],
    ["2001:db8:0:1::1", "2001:db8::1", false],
    ["::ffff:10.0.0.1", "::ffff:10.0.0.2", false],
  ])("from %s count for %s: %s", (address, other, isSame) => {
    const throttle = new LoginThrottle(1, new VirtualClock(0));
    fail(throttle, 10, address);
    expect(throttle.isBlocked(other)).toBe(isSame);
  });

  it("of very many addresses push the oldest out", () => {
    const throttle = new LoginThrottle(1, new VirtualClock(0));
    fail(throttle, 1, "10.0.0.1", "ada");
    for (let i = 0; i < 5000; i++) throttle.failed(`10.1.${i >> 8}.${i & 255}`, "x");
    expect(throttle.isBlocked("10.0.0.1", "ada")).toBe(false);
    expect(throttle.isBlocked("10.1.19.135", "x")).toBe(true);
  });
});
