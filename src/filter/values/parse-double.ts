/**
 * Reads the lexical form of xs:double and xs:float (XML Schema part 2, section 3.2.5.1), white space taken away before; undefined when
 * it is none. `Number()` alone would take "" and "0x10".
 */
export function parseDouble(text: string): number | undefined {
  if (FORM.test(text)) return Number(text);
  return SPECIAL[text];
}

const FORM = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const SPECIAL: Readonly<Record<string, number | undefined>> = Object.freeze(
  Object.assign(Object.create(null) as object, {
    INF: Infinity,
    "-INF": -Infinity,
    NaN: Number.NaN,
  }),
);
