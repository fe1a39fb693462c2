import { describe, expect, it } from "vitest";
import { Credentials } from "../../../src/broker/access/credentials.ts";
import { hashPassword } from "../../../src/broker/access/password-hash.ts";
import { ScramExchange } from "../../../src/broker/access/scram-exchange.ts";

const SALT = Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64");

async function exchange(): Promise<ScramExchange> {
  const user = await hashPassword("pencil", { iterations: 4096, salt: SALT });
  return new ScramExchange(new Credentials({ user }), "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0");
}

function text(step: object): object {
  return "data" in step && Buffer.isBuffer(step.data) ? { ...step, data: step.data.toString() } : step;
}

describe("SCRAM-SHA-256", () => {
  it("says what the example of RFC 7677, section 3, says", async () => {
    const server = await exchange();
    expect(text(await server.respond(Buffer.from("n,,n=user,r=rOprNGfwEbeRWgbNEkqO")))).toEqual({
      kind: "challenge",
      data: "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    });
    const final =
      "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    expect(text(await server.respond(Buffer.from(final)))).toEqual({
      kind: "accepted",
      user: "user",
      data: "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
    });
  });

  it("asks for the first message when it does not come by itself", async () => {
    expect((await exchange()).respond(undefined)).toEqual({ kind: "challenge", data: Buffer.alloc(0) });
  });

  it.each([
    ["nothing", ""],
    ["no gs2-header", "n=user,r=abc"],
    ["channel binding, which was not offered", "p=tls-unique,,n=user,r=abc"],
    ["an extension that must be understood", "n,,m=x,n=user,r=abc"],
    ["an empty user name", "n,,n=,r=abc"],
    ["a wrong escape in the user name", "n,,n=us=2cer,r=abc"],
    ["an empty nonce", "n,,n=user,r="],
    ["a nonce that would not fit the answer", `n,,n=user,r=${"x".repeat(201)}`],
    ["a nonce with a control character", "n,,n=user,r=a\u0001b"],
  ])("refuses %s as the first message", async (_, first) => {
    expect(await (await exchange()).respond(Buffer.from(first))).toEqual({ kind: "refused" });
  });

  it("answers an unknown user as it would a known one, with the same salt each time", async () => {
    const credentials = new Credentials({ user: await hashPassword("pencil", { iterations: 5000 }) });
    const salts = new Set<string>();
    for (const user of ["nobody", "nobody", "user", "user", "somebody"]) {
      const step = text(await new ScramExchange(credentials, "n").respond(Buffer.from(`n,,n=${user},r=abc`)));
      const [, salt = "", iterations] = /^r=abcn,s=(.{24}),i=(\d+)$/.exec((step as { data: string }).data) ?? [];
      expect(iterations).toBe("5000");
      salts.add(salt);
    }
    expect(salts.size).toBe(3);
  });
});

describe("The hash of a password", () => {
  it("is the same for all ways to type the password", async () => {
    const salt = Buffer.alloc(16, 1);
    const forms = [
      "p\u00E4ss w\u00F6rd",
      "pa\u0308ss\u00A0wo\u0308rd",
      "p\u00E4ss w\u00AD\u00F6\u200Brd",
      "\uFF50\u00E4ss w\u00F6rd",
    ];
    const hashes = await Promise.all(forms.map((form) => hashPassword(form, { salt, iterations: 4096 })));
    expect(new Set(hashes.map(({ storedKey }) => storedKey)).size).toBe(1);
  });

  it("has a salt of its own and at least 10 000 iterations unless told otherwise", async () => {
    const [one, other] = await Promise.all([hashPassword("x"), hashPassword("x")]);
    expect(one.salt).not.toBe(other.salt);
    expect(one.storedKey).not.toBe(other.storedKey);
    expect(Buffer.from(one.salt, "base64").length).toBe(16);
    expect(one.iterations).toBeGreaterThanOrEqual(10_000);
  });

  it.each([4095, 10_000_001, 5000.5, Number.NaN])("cannot be made with %d iterations", async (iterations) => {
    await expect(hashPassword("x", { iterations })).rejects.toMatchObject({
      code: "xqbus:illegal-argument",
      message: `iterations is ${iterations}; expected a whole number from 4096 to 10000000`,
    });
  });

  it.each([{ salt: "" }, { iterations: 1 }, { storedKey: "AAAA" }, { serverKey: "" }, { storedKey: 1 }])(
    "is refused when damaged: %j",
    async (damage) => {
      const user = { ...(await hashPassword("x", { iterations: 4096 })), ...damage };
      expect(() => new Credentials({ user } as never)).toThrow("a password hash is damaged; expected salt, iterations");
    },
  );
});
