import rhea from "rhea";

/** The constructors of rhea's typed values; its typings have only some of them. */
export interface RheaTypes {
  readonly wrap_array: (items: readonly unknown[], code: number) => object;
  readonly wrap_described: (value: unknown, descriptor: number | string) => object;
  readonly wrap_list: (items: readonly unknown[]) => object;
  readonly wrap_map: (map: object) => object;
  readonly wrap_symbol: (text: string) => object;
  readonly wrap_symbolic_map: (map: object) => object;
  readonly wrap_uint: (value: number) => object;
  readonly wrap_ulong: (value: number) => object;
}

export const types: RheaTypes = rhea.types as unknown as RheaTypes;

/** A composite value: delivery states, termini, errors. */
export function composite(code: number, ...fields: readonly unknown[]): object {
  return types.wrap_described(types.wrap_list(fields), code);
}
