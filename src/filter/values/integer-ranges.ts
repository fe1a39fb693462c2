/** The ranges of the types derived from xs:integer (XML Schema part 2, section 3.3); undefined is no bound. */
const RANGES: Readonly<Record<string, readonly [min: bigint | undefined, max: bigint | undefined]>> = {
  nonPositiveInteger: [undefined, 0n],
  negativeInteger: [undefined, -1n],
  long: [-(2n ** 63n), 2n ** 63n - 1n],
  int: [-(2n ** 31n), 2n ** 31n - 1n],
  short: [-(2n ** 15n), 2n ** 15n - 1n],
  byte: [-128n, 127n],
  nonNegativeInteger: [0n, undefined],
  unsignedLong: [0n, 2n ** 64n - 1n],
  unsignedInt: [0n, 2n ** 32n - 1n],
  unsignedShort: [0n, 65_535n],
  unsignedByte: [0n, 255n],
  positiveInteger: [1n, undefined],
};

/** Whether the number is in the range of the type with this local name. */
export function integerFits(value: bigint, name: string): boolean {
  const [min, max] = RANGES[name] ?? [undefined, undefined];
  return (min === undefined || value >= min) && (max === undefined || value <= max);
}
