/**
 * The atomic types of XML Schema 1.0 with those that XQuery adds (XQuery and XPath Data Model 3.1, section 2.7): each knows
 * its base type, so that `instance of` and type promotion are a walk upwards.
 */
export class AtomicType {
  /** Local name in the namespace of XML Schema: `integer`. */
  readonly name: string;
  /** Undefined for anyAtomicType. */
  readonly base: AtomicType | undefined;
  /** The primitive type it derives from; itself where it is one, undefined for anyAtomicType. `integer` counts as `decimal`. */
  readonly primitive: AtomicType | undefined;

  constructor(name: string, base: AtomicType | undefined) {
    this.name = name;
    this.base = base;
    this.primitive = base === undefined ? undefined : (base.primitive ?? this);
  }

  /** Whether this type is the other one or derived from it. */
  isA(other: AtomicType): boolean {
    return this === other || (this.base !== undefined && this.base.isA(other));
  }

  /** `xs:integer`. */
  toString(): string {
    return `xs:${this.name}`;
  }
}

const types = new Map<string, AtomicType>();

function define(base: AtomicType | undefined, name: string): AtomicType {
  const type = new AtomicType(name, base);
  types.set(name, type);
  return type;
}

export const ANY_ATOMIC: AtomicType = define(undefined, "anyAtomicType");
export const UNTYPED_ATOMIC: AtomicType = define(ANY_ATOMIC, "untypedAtomic");
export const STRING: AtomicType = define(ANY_ATOMIC, "string");
export const BOOLEAN: AtomicType = define(ANY_ATOMIC, "boolean");
export const DECIMAL: AtomicType = define(ANY_ATOMIC, "decimal");
export const INTEGER: AtomicType = define(DECIMAL, "integer");
export const DOUBLE: AtomicType = define(ANY_ATOMIC, "double");
export const FLOAT: AtomicType = define(ANY_ATOMIC, "float");
export const DURATION: AtomicType = define(ANY_ATOMIC, "duration");
export const YEAR_MONTH_DURATION: AtomicType = define(DURATION, "yearMonthDuration");
export const DAY_TIME_DURATION: AtomicType = define(DURATION, "dayTimeDuration");
export const DATE_TIME: AtomicType = define(ANY_ATOMIC, "dateTime");
export const DATE: AtomicType = define(ANY_ATOMIC, "date");
export const TIME: AtomicType = define(ANY_ATOMIC, "time");
export const G_YEAR_MONTH: AtomicType = define(ANY_ATOMIC, "gYearMonth");
export const G_YEAR: AtomicType = define(ANY_ATOMIC, "gYear");
export const G_MONTH_DAY: AtomicType = define(ANY_ATOMIC, "gMonthDay");
export const G_DAY: AtomicType = define(ANY_ATOMIC, "gDay");
export const G_MONTH: AtomicType = define(ANY_ATOMIC, "gMonth");
export const HEX_BINARY: AtomicType = define(ANY_ATOMIC, "hexBinary");
export const BASE64_BINARY: AtomicType = define(ANY_ATOMIC, "base64Binary");
export const ANY_URI: AtomicType = define(ANY_ATOMIC, "anyURI");
export const QNAME: AtomicType = define(ANY_ATOMIC, "QName");
export const NOTATION: AtomicType = define(ANY_ATOMIC, "NOTATION");

const NORMALIZED_STRING = define(STRING, "normalizedString");
const TOKEN = define(NORMALIZED_STRING, "token");
define(TOKEN, "language");
define(TOKEN, "NMTOKEN");
const NAME = define(TOKEN, "Name");
const NC_NAME = define(NAME, "NCName");
for (const name of ["ID", "IDREF", "ENTITY"]) define(NC_NAME, name);
const NON_POSITIVE_INTEGER = define(INTEGER, "nonPositiveInteger");
define(NON_POSITIVE_INTEGER, "negativeInteger");
define(define(define(define(INTEGER, "long"), "int"), "short"), "byte");
const NON_NEGATIVE_INTEGER = define(INTEGER, "nonNegativeInteger");
define(define(define(define(NON_NEGATIVE_INTEGER, "unsignedLong"), "unsignedInt"), "unsignedShort"), "unsignedByte");
define(NON_NEGATIVE_INTEGER, "positiveInteger");
define(DATE_TIME, "dateTimeStamp");

/** The types by local name; all are in the namespace of XML Schema. */
export const ATOMIC_TYPES: ReadonlyMap<string, AtomicType> = types;
