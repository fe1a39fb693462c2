import { expect, it } from "vitest";
import { catalogWith, event, xsd } from "../../schema/harness.ts";
import { DaemonDeadLetters } from "../../../src/server/dead-letters/index.ts";
import { FakeDeliveries } from "../dead-letters/fake-deliveries.ts";
import { apis, fakeDeadLetters, LETTER } from "./harness.ts";

const { start } = apis();

const SENSITIVE = `<xs:annotation><xs:appinfo><x:sensitive xmlns:x="urn:xqbus"/></xs:appinfo></xs:annotation>`;

const LOGIN = xsd(`<xs:element name="Login"><xs:complexType><xs:sequence>
  <xs:element name="User" type="xs:string"/>
  <xs:element name="Password" type="xs:string">${SENSITIVE}</xs:element>
</xs:sequence></xs:complexType></xs:element>`);

function login(user: string, password: string): string {
  return event(`<Login><User>${user}</User><Password>${password}</Password></Login>`);
}

it("a live tail has no sensitive values, and its filter cannot ask for them", async () => {
  const api = await start({}, { catalog: await catalogWith({ "Login.xsd": LOGIN }) });
  const filter = encodeURIComponent('//e:Login[e:Password = "hunter2" or e:User = "jane"]');
  const response = await api.call(`/events/stream?xquery=${filter}`);
  await api.client.events.publish(login("joe", "hunter2"));
  const { id } = await api.client.events.publish(login("jane", "hunter3"));
  let text = "";
  for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += Buffer.from(part).toString();
    if (/\ndata: .*\n\n/.test(text)) break;
  }
  const [, data = ""] = /^data: (.*)$/m.exec(text) ?? [];
  expect(JSON.parse(data)).toMatchObject({ id, event: { Login: { User: "jane", Password: "***" } } });
  expect(text).not.toContain("hunter");
  expect(text).not.toContain("joe");
});

it("a dead letter and an explanation have none either, unless somebody may ask for the letter as it was", async () => {
  const catalog = await catalogWith({ "Login.xsd": LOGIN });
  const { client } = await start({}, { catalog, deadLetters: fakeDeadLetters(login("joe", "hunter2")) });
  const shown = async (raw: boolean): Promise<string> =>
    Buffer.from((await client.deadLetters.show(LETTER.id, { raw })).document).toString();
  expect(await shown(false)).toBe(login("joe", "***"));
  expect(await shown(true)).toBe(login("joe", "hunter2"));
  const explanation = await client.filters.explain('//e:Login[e:Password = "x"]', login("joe", "hunter2"));
  expect(explanation.matches).toBe(false);
  expect(JSON.stringify(explanation)).not.toContain("hunter2");
});

it("a filter over dead letters cannot ask for sensitive values, unless its caller may see them", async () => {
  const catalog = await catalogWith({ "Login.xsd": LOGIN });
  const listeners = new FakeDeliveries({ id: "a1", listener: "crm", document: login("joe", "hunter2") });
  const deadLetters = new DaemonDeadLetters({ catalog, listeners, broker: undefined });
  const api = await start({}, { catalog, deadLetters });
  const found = async (path: string, query: string, scope: string): Promise<number> => {
    const authorization = `Bearer ${await api.token("dead-letter:read", scope)}`;
    const response = await api.call(`${path}?xquery=${encodeURIComponent(query)}`, { headers: { authorization } });
    return ((await response.json()) as { items: readonly unknown[] }).items.length;
  };
  for (const path of ["/dead-letters", "/dead-letters/groups"]) {
    expect(await found(path, "//e:User = 'joe'", "listener:read")).toBe(1);
    expect(await found(path, "starts-with(//e:Password, 'h')", "listener:read")).toBe(0);
    expect(await found(path, "starts-with(//e:Password, 'h')", "dead-letter:write")).toBe(1);
  }
});
