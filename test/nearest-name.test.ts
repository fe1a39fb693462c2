import { describe, expect, it } from "vitest";
import { nearestName } from "../src/nearest-name.ts";

const FIELDS = ["CallerId", "ReceiverId", "Status", "Id", "ClientCapabilities"];

describe("did you mean", () => {
  it.each([
    ["two neighbours swapped", "Statsu", "Status"],
    ["one letter left out", "Staus", "Status"],
    ["one letter too many", "Statuss", "Status"],
    ["one letter replaced", "Statuz", "Status"],
    ["another case", "callerid", "CallerId"],
    ["another case of a short name", "ID", "Id"],
    ["several slips in a long name", "ClientCapabilitys", "ClientCapabilities"],
    ["a prefix left out", "ClientCapability", "ClientCapabilities"],
    ["the name itself", "Status", undefined],
    ["nothing near", "Queue", undefined],
    ["an empty name", "", undefined],
    ["a short name with another letter", "Ip", undefined],
    ["a very long name", "Status".repeat(100), undefined],
  ])("%s", (_, name, expected) => {
    expect(nearestName(name, FIELDS)).toBe(expected);
  });

  it("prefers a name that differs in case only to one that is nearer otherwise", () => {
    expect(nearestName("STATUS", ["STATU", "Status"])).toBe("Status");
  });

  it("takes the nearest, and of equally near ones the first", () => {
    expect(nearestName("NodeLeav", ["NodeLive", "NodeLeave", "NodeLeaf"])).toBe("NodeLeave");
  });
});
