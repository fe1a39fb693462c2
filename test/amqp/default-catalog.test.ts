import { afterEach, expect, it, vi } from "vitest";
import { defaultCatalog } from "../../src/amqp/default-catalog.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

it("the default catalog is loaded once, and a failure is not kept", async () => {
  vi.stubEnv("XQBUS_SCHEMAS", "/there/is/no/such/folder");
  await expect(defaultCatalog()).rejects.toMatchObject({ code: "xqbus:unreadable" });
  vi.unstubAllEnvs();
  const first = defaultCatalog();
  expect(defaultCatalog()).toBe(first);
  expect((await first).eventNames).toContain("PhoneStatus");
});
