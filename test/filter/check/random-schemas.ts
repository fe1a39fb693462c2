import { xsd } from "../../schema/harness.ts";
import type { Dice } from "./random-filter.ts";

/** The files of a random catalog: some event types over common types, elements and wildcards. */
export function randomSchemas(dice: Dice): Readonly<Record<string, string>> {
  const types = Array.from({ length: 3 }, (_, i) => complexType(`Type${i}`, i, dice));
  const heads = ["Part", "Piece"].map((name, i) => `<xs:element name="${name}" type="e:Type${i}"/>`);
  const substitutes = ["Part", "Piece"].map(
    (head, i) => `<xs:element name="Other${head}" substitutionGroup="e:${head}" type="e:Type${i}"/>`,
  );
  const common = xsd(
    [
      ...types,
      derivedType("Type0", "Longer", dice),
      derivedType("Type1", "Further", dice),
      ...heads,
      ...substitutes,
    ].join("\n"),
  );
  const names = ["Alpha", "Beta", "Gamma", "Delta"].slice(0, 2 + dice.below(3));
  return {
    "common.xsd": common,
    ...Object.fromEntries(names.map((name) => [`${name}.xsd`, eventFile(name, dice)])),
  };
}

function eventFile(name: string, dice: Dice): string {
  const body = `<xs:element name="${name}" type="e:${name}"/>\n${complexType(name, 3, dice)}`;
  return xsd(body).replace(">\n", `>\n<xs:include schemaLocation="common.xsd"/>\n`);
}

/** @param depth how many of the common types it may use */
function complexType(name: string, depth: number, dice: Dice): string {
  // A type and those derived from it are mixed or not together.
  const mixed = depth === 3 && dice.chance(15) ? ` mixed="true"` : "";
  return (
    `<xs:complexType name="${name}"${mixed}><xs:sequence>${fields(name, depth, dice)}</xs:sequence>` +
    `${attributes(name, dice)}</xs:complexType>`
  );
}

function derivedType(base: string, name: string, dice: Dice): string {
  return (
    `<xs:complexType name="${name}"><xs:complexContent><xs:extension base="e:${base}"><xs:sequence>` +
    `${fields(name, 0, dice)}</xs:sequence></xs:extension></xs:complexContent></xs:complexType>`
  );
}

function fields(owner: string, depth: number, dice: Dice): string {
  return Array.from({ length: 1 + dice.below(4) }, (_, i) =>
    field(`${dice.pick(NAMES)}${owner.slice(0, 1)}${i}`, depth, dice),
  ).join("");
}

function field(name: string, depth: number, dice: Dice): string {
  const occurs = `${dice.chance(40) ? ` minOccurs="0"` : ""}${dice.chance(20) ? ` maxOccurs="3"` : ""}`;
  if (depth > 0 && dice.chance(25)) return `<xs:element name="${name}" type="e:Type${dice.below(depth)}"${occurs}/>`;
  if (depth > 2 && dice.chance(20)) return `<xs:element ref="e:${dice.pick(["Part", "Piece"])}"${occurs}/>`;
  const more = dice.chance(10) ? ` nillable="true"` : "";
  return `<xs:element name="${name}"${occurs}${more}>${simpleType(dice)}</xs:element>`;
}

function attributes(name: string, dice: Dice): string {
  if (dice.chance(50)) return "";
  const wild = dice.chance(20) ? `<xs:anyAttribute namespace="##other" processContents="lax"/>` : "";
  return `<xs:attribute name="${name.toLowerCase()}">${simpleType(dice)}</xs:attribute>${wild}`;
}

function simpleType(dice: Dice): string {
  const [base, facets] = dice.pick(SIMPLE);
  return `<xs:simpleType><xs:restriction base="xs:${base}">${facets}</xs:restriction></xs:simpleType>`;
}

const NAMES = ["Id", "Name", "State", "Level", "When"];

const SIMPLE: readonly (readonly [base: string, facets: string])[] = [
  ["string", ""],
  ["string", `<xs:enumeration value="on"/><xs:enumeration value="off"/><xs:enumeration value="12"/>`],
  ["token", `<xs:enumeration value="red"/><xs:enumeration value="dark green"/>`],
  ["string", `<xs:pattern value="[A-Z]{2}[0-9]+"/>`],
  ["string", `<xs:minLength value="2"/><xs:maxLength value="4"/>`],
  ["int", ""],
  ["int", `<xs:minInclusive value="3"/><xs:maxExclusive value="9"/>`],
  ["integer", `<xs:enumeration value="1"/><xs:enumeration value="007"/>`],
  ["decimal", `<xs:minExclusive value="0"/><xs:maxInclusive value="0.5"/>`],
  ["unsignedByte", ""],
  ["float", `<xs:minInclusive value="0.1"/><xs:maxInclusive value="1E2"/>`],
  ["double", ""],
  ["boolean", ""],
  ["date", ""],
  ["dateTime", ""],
  ["time", `<xs:minInclusive value="09:00:00"/>`],
  ["gYear", ""],
  ["duration", ""],
  ["NMTOKENS", ""],
];
