import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import {
  Archive,
  archiveEntry,
  backtest,
  checkArchive,
  maskArchived,
  type ArchivedEvent,
} from "../../src/archive/index.ts";
import { ARCHIVE_MIGRATIONS } from "../../src/archive/migrations.ts";
import { openDatabase } from "../../src/database/index.ts";
import { Event } from "../../src/event/index.ts";
import { compileFilter } from "../../src/filter/index.ts";
import type { Catalog } from "../../src/schema/index.ts";
import { DATABASE_PRODUCTS, type RunningProduct } from "../helpers/databases.ts";
import { describeWith } from "../helpers/requirements.ts";
import { catalogWith, event, eventXsd, xsd } from "../schema/harness.ts";

const SENSITIVE = `<xs:annotation><xs:appinfo><x:sensitive xmlns:x="urn:xqbus"/></xs:appinfo></xs:annotation>`;

/** The event type Login, with a password and a place for anything. */
function login(mark: string = SENSITIVE): string {
  return xsd(`<xs:element name="Login"><xs:complexType><xs:sequence>
    <xs:element name="User" type="xs:string"/>
    <xs:element name="Password"><xs:complexType><xs:simpleContent><xs:extension base="xs:string">
      <xs:attribute name="hint" type="xs:string"/></xs:extension></xs:simpleContent></xs:complexType></xs:element>
    <xs:element name="Card" type="e:Card" minOccurs="0"/>
    <xs:element name="Box" minOccurs="0"><xs:complexType><xs:sequence>
      <xs:any namespace="##any" processContents="lax" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>
  </xs:sequence><xs:attribute name="token" type="xs:string">${mark}</xs:attribute></xs:complexType></xs:element>
  <xs:complexType name="Card"/>
  <xs:complexType name="SecretCard">${mark}<xs:complexContent><xs:extension base="e:Card"><xs:sequence>
    <xs:element name="Bank" type="xs:string"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>
  <xs:element name="Pin" type="xs:string">${mark}</xs:element>`).replace(`name="Password">`, `name="Password">${mark}`);
}

const SECRETS =
  `<Login token="hunter1"><User>joe</User><Password hint="hunter2">hunter3</Password>` +
  `<Card xsi:type="SecretCard"><Bank>hunter4</Bank></Card><Box><Pin>hunter5</Pin></Box></Login>`;

for (const product of DATABASE_PRODUCTS) {
  describeWith([product.requirement], `what was sensitive when it was archived, in ${product.name},`, () => {
    let running: RunningProduct;
    let url: string;
    let then: Catalog;
    /** A later schema, in which nothing is sensitive any more. */
    let open: Catalog;
    /** A later schema without the type. */
    let without: Catalog;
    beforeAll(async () => {
      running = await product.start();
      then = await catalogWith({ "Login.xsd": login() });
      open = await catalogWith({ "Login.xsd": login("") });
      without = await catalogWith({ "Other.xsd": eventXsd("Other") });
    }, 60_000);
    afterAll(() => running.stop());
    beforeEach(() => {
      url = running.newUrl();
    });

    const archived = async (catalog: Catalog | undefined, ...documents: readonly string[]): Promise<void> => {
      await using archive = await Archive.open(url, catalog === undefined ? {} : { catalog });
      for (const document of documents) await archive.add(Event.parse(event(document)));
    };
    const shown = async (catalog: Catalog): Promise<readonly string[]> => {
      await using archive = await Archive.open(url, { catalog });
      const found: ArchivedEvent[] = [];
      for await (const each of archive.query()) found.push(each);
      return found.flatMap((each) =>
        (["xml", "json"] as const).map((form) => JSON.stringify(archiveEntry(each, catalog, form))),
      );
    };

    it("is masked when the type is gone, and when it is not sensitive any more", async () => {
      await archived(then, SECRETS);
      for (const catalog of [without, open, then]) {
        const texts = await shown(catalog);
        expect(texts).toHaveLength(2);
        for (const text of texts) {
          expect(text).not.toContain("hunter");
          expect(text).toContain("joe");
        }
      }
    });

    it("is masked in events that were not valid, too", async () => {
      await archived(then, `<Login token="hunter1"><Deep><Password>hunter2</Password></Deep><User>joe</User></Login>`);
      for (const text of await shown(without)) expect(text).toMatch(/^(?!.*hunter).*joe/);
    });

    it("hides nothing of events that are archived after the schema has changed", async () => {
      await archived(then, SECRETS);
      await archived(open, SECRETS);
      await archived(then, SECRETS);
      const texts = await shown(open);
      expect(texts.map((text) => text.includes("hunter3"))).toEqual([false, false, true, true, false, false]);
    });

    it("cannot be asked for", async () => {
      await archived(then, SECRETS);
      for (const catalog of [without, open]) {
        await using archive = await Archive.open(url, { catalog });
        const count = async (xquery: string): Promise<number> => {
          const filter = compileFilter(xquery, { catalog, onCatalogProblem: "warning" });
          const view = (each: Event, from: ArchivedEvent): Event => maskArchived(each, from, catalog);
          return (await archive.count({ filter }, { view })).matched;
        };
        expect(await count("//e:User = 'joe'")).toBe(1);
        expect(await count("starts-with(//e:Password, 'h') or //@token = 'hunter1' or //@hint != ''")).toBe(0);
        expect(await count("//e:Bank or contains(/, 'hunter')")).toBe(0);
      }
    });

    it("is in no explanation and in no problem, which may quote values", async () => {
      await archived(then, SECRETS);
      await using archive = await Archive.open(url, { catalog: without });
      const filter = compileFilter('/*/*/*[1] = "joe" and /*/*/*[2] = "x"', {
        ...{ catalog: without, onCatalogProblem: "warning" },
      });
      const { nearMisses } = await backtest(archive, filter);
      expect(nearMisses).toHaveLength(1);
      expect(JSON.stringify(nearMisses[0]?.explanation)).not.toContain("hunter");
      const strict = await catalogWith({
        "Login.xsd": login("").replace(/"Password"(.*)xs:string/s, '"Password"$1xs:int'),
      });
      const [checked] = await checkArchive(archive, strict);
      expect(checked).toMatchObject({ events: 1, invalid: 1, problems: [{ number: 1 }] });
      expect(JSON.stringify(checked)).not.toContain("hunter");
    });

    it("is masked as a whole where nobody knows it: of events that were archived without a schema", async () => {
      await archived(undefined, SECRETS);
      for (const text of await shown(without)) expect(text).not.toMatch(/hunter|joe/);
      for (const text of await shown(then)) expect(text).toMatch(/^(?!.*hunter).*joe/);
      await using archive = await Archive.open(url, { catalog: open });
      expect(JSON.stringify(archiveEntry((await archive.get("#1"))[0]!, open))).toContain("hunter3");
    });

    it("is not known of what an earlier release has archived, and is kept apart from it", async () => {
      const steps = { "001-events": ARCHIVE_MIGRATIONS.steps["001-events"]! };
      await (await openDatabase(url, { migrations: { ...ARCHIVE_MIGRATIONS, steps } })).close();
      await archived(then, SECRETS);
      {
        await using database = await openDatabase<unknown>(url);
        // As the earlier release wrote it.
        await database.sql`update archive_kind set sensitive = null, sensitive_key = ''`.execute(database.kysely);
      }
      await archived(then, SECRETS.replace("joe", "jane"));
      const texts = await shown(without);
      expect(texts.map((text) => /joe|jane/.exec(text)?.[0])).toEqual([undefined, undefined, "jane", "jane"]);
      expect(texts.join()).not.toContain("hunter");
      expect((await shown(then)).join()).not.toContain("hunter");
      expect((await shown(open)).map((text) => text.includes("hunter"))).toEqual([true, true, false, false]);
    });

    it("says nothing of types that no schema ever had", async () => {
      await archived(then, "<Unknown><Password>open</Password></Unknown>");
      for (const text of await shown(without)) expect(text).toContain("open");
    });

    it("is everything where there are more places than can be kept", async () => {
      const many = Array.from({ length: 9 }, (_, at) => `${"n".repeat(900)}${at}`);
      const place = (name: string): string => `<${name}><Pin>hunter</Pin></${name}>`;
      await archived(then, `<Login><User>joe</User><Password/><Box>${many.map(place).join("")}</Box></Login>`);
      for (const text of await shown(without)) expect(/hunter|joe/.exec(text)).toBeNull();
    });
  });
}
