import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { XqbusError } from "../../src/errors.ts";
import { encodeError, encodeRequest, encodeResult, readRequest, readResponse } from "../../src/amqp/index.ts";

/** JSON text of any value, and now and then of one that looks like JSON-RPC. */
const TEXT = fc.oneof(
  fc.json(),
  fc.string(),
  fc
    .record(
      {
        jsonrpc: fc.constantFrom("2.0", "1.0", 2),
        id: fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.object()),
        method: fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "")),
        params: fc.jsonValue(),
        result: fc.jsonValue(),
        error: fc.oneof(fc.jsonValue(), fc.record({ code: fc.jsonValue(), message: fc.jsonValue() })),
      },
      { requiredKeys: [] },
    )
    .map((value) => JSON.stringify(value)),
);

describe("JSON-RPC", () => {
  it("brings a request to the other side as it was", () => {
    fc.assert(
      fc.property(
        fc.uuid(),
        fc.string({ minLength: 1, maxLength: 200 }),
        fc.array(fc.jsonValue()),
        (id, method, params) => {
          const read = readRequest(encodeRequest(id, method, params));
          expect(read).toEqual({ id, method, params: JSON.parse(JSON.stringify(params)) as unknown });
        },
      ),
    );
  });

  it("brings a result and an error back as they were", () => {
    fc.assert(
      fc.property(fc.uuid(), fc.jsonValue(), fc.integer(), fc.string(), (id, value, code, message) => {
        const json = JSON.parse(JSON.stringify(value)) as unknown;
        expect(readResponse(encodeResult(id, value), id)).toEqual({ result: json });
        expect(readResponse(encodeError(id, { code, message, data: value }), id)).toEqual({
          error: { code, message, data: json },
        });
      }),
    );
  });

  it("never throws for a request, whatever comes", () => {
    fc.assert(
      fc.property(fc.oneof(TEXT, fc.uint8Array()), (body) => {
        const read = readRequest(body);
        if ("error" in read) expect(read.error.code).toBeLessThanOrEqual(-32_600);
        else expect([typeof read.method, typeof read.params]).toEqual(["string", "object"]);
      }),
    );
  });

  it("gives an answer or one kind of error for whatever comes back", () => {
    fc.assert(
      fc.property(fc.oneof(TEXT, fc.uint8Array()), fc.string(), (body, id) => {
        try {
          const read = readResponse(body, id);
          expect("result" in read || Number.isSafeInteger(read.error.code)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(XqbusError);
          expect(error).toMatchObject({ code: "xqbus:service-failed" });
        }
      }),
    );
  });
});
