import { describe, expect, it } from "vitest";
import { SHIPPED_ELEMENT_NAMES } from "../../src/event/shipped-element-names.ts";
import { defaultVocabulary } from "../../src/schema/index.ts";

describe("the names that the compiler knows without being told", () => {
  it("are all declared by the shipped schemas", () => {
    const vocabulary = defaultVocabulary();
    expect(SHIPPED_ELEMENT_NAMES.filter((name) => vocabulary.elementNames(name).length === 0)).toEqual([]);
  });
});
