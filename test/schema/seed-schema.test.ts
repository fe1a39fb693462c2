import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sharedFolder } from "../helpers/requirements.ts";
import { catalogWith, event } from "./harness.ts";

/** The same schema as in the documentation of Clacks in other words: XML Schema is the default namespace, `e` the events. */
const RETYPED = `<?xml version="1.0" encoding="UTF-8"?>
<schema xmlns="http://www.w3.org/2001/XMLSchema" xmlns:e="http://www.gonicus.de/Events"
        targetNamespace="http://www.gonicus.de/Events" elementFormDefault="qualified">
  <complexType name="PhoneStatus">
    <annotation><documentation>Something happened to a phone.</documentation></annotation>
    <all>
      <element name="CallerId" type="string"></element>
      <element name="ReceiverId" type="string"></element>
      <element name="Status" type="string"></element>
    </all>
  </complexType>
  <element name="PhoneStatus" type="e:PhoneStatus"></element>
</schema>
`;

async function expectPhoneStatusWorks(schema: string): Promise<void> {
  const catalog = await catalogWith({ "PhoneStatus.xsd": schema });
  expect(catalog.problems).toEqual([]);
  expect(catalog.eventNames).toEqual(["PhoneStatus"]);
  const [caller, receiver, status] = [
    "<CallerId>012345</CallerId>",
    "<ReceiverId>12343424</ReceiverId>",
    "<Status>busy</Status>",
  ];
  expect(catalog.validate(event(`<PhoneStatus>${caller}${receiver}${status}</PhoneStatus>`))).toEqual([]);
  expect(catalog.validate(event(`<PhoneStatus>${status}${caller}${receiver}</PhoneStatus>`))).toEqual([]);
  expect(catalog.validate(event(`<PhoneStatus>${caller}${receiver}</PhoneStatus>`))).toEqual([
    {
      path: "/Event/PhoneStatus",
      line: 1,
      column: 99,
      code: "cvc-complex-type.2.4",
      expected: ["Status"],
      message: "PhoneStatus is incomplete: Status is missing",
    },
  ]);
  expect(catalog.describe("PhoneStatus").type).toMatchObject({
    content: "all",
    fields: [{ name: "CallerId" }, { name: "ReceiverId" }, { name: "Status" }],
  });
}

describe("the PhoneStatus schema of Clacks", () => {
  it("works when it is typed anew", async () => {
    await expectPhoneStatusWorks(RETYPED);
  });

  const shared = sharedFolder();
  it.skipIf(shared === undefined)("works as it stands in the documentation", async () => {
    const text = readFileSync(join(shared ?? "", "seeds/clacks-events.rst"), "utf8");
    const [indented = ""] = /<\?xml[^]*?<\/schema>/.exec(text) ?? [];
    await expectPhoneStatusWorks(indented);
  });
});
