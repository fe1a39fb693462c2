import { expect, it } from "vitest";
import { parseDatabaseUrl, withoutDatabasePassword } from "../../src/database/index.ts";

it.each([
  ["sqlite:data.db", { product: "sqlite", path: "/home/ada/data.db" }],
  ["sqlite:./a/data.db", { product: "sqlite", path: "/home/ada/a/data.db" }],
  ["sqlite:/var/lib/data.db", { product: "sqlite", path: "/var/lib/data.db" }],
  ["sqlite:///var/lib/a%20b.db", { product: "sqlite", path: "/var/lib/a b.db" }],
  ["file:///var/lib/data.db", { product: "sqlite", path: "/var/lib/data.db" }],
  ["postgres://u:p@h:1/d", { product: "postgres", url: "postgres://u:p@h:1/d" }],
  ["postgresql://h/d?sslmode=require", { product: "postgres", url: "postgresql://h/d?sslmode=require" }],
])("%s is read", (text, place) => {
  expect(parseDatabaseUrl(text, "/home/ada")).toEqual(place);
});

it.each([
  ["", "is no database"],
  ["data.db", "is no database: expected sqlite:PATH"],
  ["mysql://u:secret@h/d", "mysql://u:***@h/d is no database"],
  ["postgres://u:secret@h", "postgres://u:***@h names no database"],
  ["sqlite:", "names no file"],
  ["sqlite::memory:", "names no file"],
  ["sqlite://host/data.db", "names no file of this machine: write sqlite:///path/file.db"],
  ["sqlite:%zz", "has a % that begins no escape"],
])("%s is refused", (text, message) => {
  expect(() => parseDatabaseUrl(text)).toThrow(
    expect.objectContaining({ code: "xqbus:invalid-url", message: expect.stringContaining(message) as string }),
  );
});

it.each([
  ["postgres://u:p@h/d", "postgres://u:***@h/d"],
  ["postgres://h/d?user=u&password=p&sslmode=require", "postgres://h/d?user=u&password=***&sslmode=require"],
  ["postgres://u:p@s/s@h/d", "postgres://u:***@h/d"],
  ["postgres://h:5432/d", "postgres://h:5432/d"],
  ["sqlite:a.db", "sqlite:a.db"],
])("%s is shown as %s", (url, shown) => {
  expect(withoutDatabasePassword(url)).toBe(shown);
});
