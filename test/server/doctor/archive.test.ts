import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Archive } from "../../../src/archive/index.ts";
import { openDatabase } from "../../../src/database/index.ts";
import { examine, loadConfig } from "../../../src/server/index.ts";
import { DATABASE_PRODUCTS, type RunningProduct } from "../../helpers/databases.ts";
import { describeWith } from "../../helpers/requirements.ts";

let root: string;
beforeAll(() => void (root = mkdtempSync(join(tmpdir(), "xqbus-doctor-"))));
afterAll(() => rmSync(root, { recursive: true }));

async function examined(archive: string): Promise<readonly unknown[]> {
  const folder = mkdtempSync(join(root, "data-"));
  chmodSync(folder, 0o700);
  const file = join(folder, "xqbus.toml");
  writeFileSync(file, `[storage]\nfolder = "${folder}"\n[broker]\nport = 0\n[http]\nport = 0\n${archive}`, {
    mode: 0o600,
  });
  const findings = await examine(await loadConfig({ file }), { timeoutMs: 5000 });
  return findings.filter(({ name }) => name === "archive").map(({ status, detail }) => `${status} ${detail}`);
}

describe("the doctor", () => {
  it("says nothing of an archive that is not wanted, and that one is made", async () => {
    expect(await examined("")).toEqual([]);
    expect(await examined('[archive]\nkeep = "1d"')).toEqual(["ok sqlite:archive.db is made at the first start"]);
  });
});

describe.each(DATABASE_PRODUCTS)("the doctor at an archive in $name", (on) => {
  describeWith([on.requirement], "that", () => {
    let product: RunningProduct;
    beforeAll(async () => {
      product = await on.start();
    }, 60_000);
    afterAll(() => product.stop());
    const look = async (url: string): Promise<string> => String((await examined(`[archive]\ndatabase = "${url}"`))[0]);

    it("can be written, and says how large it is", async () => {
      const url = product.newUrl();
      await (await Archive.open(url)).close();
      expect(await look(url)).toMatch(/^ok .* can be written, [1-9]\d* KiB of 50 GiB for documents$/);
    });

    it("is empty, or of another release", async () => {
      const url = product.newUrl();
      await using database = await openDatabase<unknown>(url, { makesFile: true });
      expect(await look(url)).toMatch(
        /^ok .* answers; the daemon brings its tables up to date \(001-events, 002-sensitive, 003-deleted, 004-retention\), /,
      );
      await (await Archive.open(url)).close();
      await database.sql`INSERT INTO archive_migration (name, timestamp) VALUES ('999-x', 'then')`.execute(
        database.kysely,
      );
      expect(await look(url)).toMatch(/^fail .* has tables of a later release \(999-x\)$/);
    });

    it("cannot be written, or does not answer", async () => {
      const url = product.newUrl();
      await (await Archive.open(url)).close();
      await using database = await openDatabase<unknown>(url);
      const { kysely, sql } = database;
      await sql`ALTER TABLE archive_event RENAME COLUMN id TO old`.execute(kysely);
      expect(await look(url)).toMatch(/^fail .* cannot be written: /);
      expect(await look("postgres://127.0.0.1:9/none")).toMatch(/^fail postgres:\/\/127\.0\.0\.1:9\/none: /);
    });
  });
});
