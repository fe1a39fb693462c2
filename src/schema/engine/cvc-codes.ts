/**
 * The codes of libxml2 for documents that are not valid (`xmlParserErrors`, 1801 to 1879), and the rule of
 * XML Schema 1.0 (part 1, appendix C) that each stands for.
 * `test/schema/problems.test.ts` has a document for each that libxml2 is known to report.
 */
const CVC_CODES: Readonly<Record<number, string>> = {
  1824: "cvc-datatype-valid.1.2.1",
  1825: "cvc-datatype-valid.1.2.2",
  1826: "cvc-datatype-valid.1.2.3",
  1827: "cvc-type.3.1.1",
  1828: "cvc-type.3.1.2",
  1829: "cvc-facet-valid",
  1830: "cvc-length-valid",
  1831: "cvc-minLength-valid",
  1832: "cvc-maxLength-valid",
  1833: "cvc-minInclusive-valid",
  1834: "cvc-maxInclusive-valid",
  1835: "cvc-minExclusive-valid",
  1836: "cvc-maxExclusive-valid",
  1837: "cvc-totalDigits-valid",
  1838: "cvc-fractionDigits-valid",
  1839: "cvc-pattern-valid",
  1840: "cvc-enumeration-valid",
  1841: "cvc-complex-type.2.1",
  1842: "cvc-complex-type.2.2",
  1843: "cvc-complex-type.2.3",
  1844: "cvc-complex-type.2.4",
  1845: "cvc-elt.1",
  1846: "cvc-elt.2",
  1847: "cvc-elt.3.1",
  1848: "cvc-elt.3.2.1",
  1849: "cvc-elt.3.2.2",
  1850: "cvc-elt.4.1",
  1851: "cvc-elt.4.2",
  1852: "cvc-elt.4.3",
  1853: "cvc-elt.5.1.1",
  1854: "cvc-elt.5.1.2",
  1855: "cvc-elt.5.2.1",
  1856: "cvc-elt.5.2.2.1",
  1857: "cvc-elt.5.2.2.2.1",
  1858: "cvc-elt.5.2.2.2.2",
  1859: "cvc-elt.6",
  1860: "cvc-elt.7",
  1861: "cvc-attribute.1",
  1862: "cvc-attribute.2",
  1863: "cvc-attribute.3",
  1864: "cvc-attribute.4",
  1865: "cvc-complex-type.3.1",
  // libxml2 tells an attribute that nothing allows (3.2.1) from one that the wildcard does not allow (3.2.2).
  // Other processors use one code for both; so do we.
  1866: "cvc-complex-type.3.2.2",
  1867: "cvc-complex-type.3.2.2",
  1868: "cvc-complex-type.4",
  1869: "cvc-complex-type.5.1",
  1870: "cvc-complex-type.5.2",
  // libxml2's own code for a child that is missing or not allowed here.
  1871: "cvc-complex-type.2.4",
  1873: "cvc-complex-type.1",
  1874: "cvc-au",
  1875: "cvc-type.1",
  1876: "cvc-type.2",
  1877: "cvc-identity-constraint",
  1878: "cvc-wildcard",
};

/** The rule that an error of the engine stands for; `xqbus:invalid-event` for codes that stand for none. */
export function cvcCode(code: number): string {
  return CVC_CODES[code] ?? "xqbus:invalid-event";
}
