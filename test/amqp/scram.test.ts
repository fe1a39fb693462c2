import { describe, expect, it } from "vitest";
import { ScramSha256 } from "../../src/amqp/scram.ts";

/** The exchange of RFC 7677, section 3. */
const RFC = {
  user: "user",
  password: "pencil",
  nonce: "rOprNGfwEbeRWgbNEkqO",
  clientFirst: "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
  serverFirst: "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
  clientFinal:
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
  serverFinal: "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
} as const;

function start(mechanism: ScramSha256): Promise<string> {
  return new Promise((resolve, reject) => {
    mechanism.start((error, response) => (error === undefined ? resolve(String(response)) : reject(error)));
  });
}

function step(mechanism: ScramSha256, challenge: string): Promise<string> {
  return new Promise((resolve, reject) => {
    mechanism.step(Buffer.from(challenge), (error, response) =>
      error === undefined ? resolve(String(response)) : reject(error),
    );
  });
}

function login(): ScramSha256 {
  return new ScramSha256(RFC.user, RFC.password, RFC.nonce);
}

describe("a login with SCRAM-SHA-256", () => {
  it("says what the example of RFC 7677 says, and knows the broker's proof", async () => {
    const mechanism = login();
    expect(await start(mechanism)).toBe(RFC.clientFirst);
    expect(await step(mechanism, RFC.serverFirst)).toBe(RFC.clientFinal);
    expect(await step(mechanism, RFC.serverFinal)).toBe("");
    expect(mechanism.finish(undefined)).toBeUndefined();
  });

  it("takes the proof that comes with the outcome", async () => {
    const mechanism = login();
    await step(mechanism, RFC.serverFirst);
    expect(mechanism.finish(Buffer.from(RFC.serverFinal))).toBeUndefined();
  });

  it("is none when the broker does not prove that it knows the password", async () => {
    const unproven = "the broker did not prove that it knows the password (SCRAM)";
    const mechanism = login();
    expect(mechanism.finish(undefined)).toBe(unproven);
    await step(mechanism, RFC.serverFirst);
    expect(mechanism.finish(Buffer.alloc(0))).toBe(unproven);
    await expect(step(mechanism, "v=AAAA")).rejects.toThrow(unproven);
    expect(mechanism.finish(Buffer.from(`v=${"A".repeat(43)}=`))).toBe(unproven);
  });

  it("writes commas and equals signs of a user's name as the RFC says", async () => {
    expect(await start(new ScramSha256("a=b,c", "x", "n"))).toBe("n,,n=a=3Db=2Cc,r=n");
  });

  const wrong: readonly [title: string, serverFirst: string, message: RegExp][] = [
    ["a nonce that is not ours", "r=other,s=AAAA,i=4096", /first message of SCRAM is wrong/],
    ["a nonce without a part of its own", `r=${RFC.nonce},s=AAAA,i=4096`, /first message of SCRAM is wrong/],
    ["no salt", `r=${RFC.nonce}x,s=,i=4096`, /first message of SCRAM is wrong/],
    [
      "too few iterations",
      `r=${RFC.nonce}x,s=AAAA,i=1`,
      /asks for 1 iterations of SCRAM; 4096 to 1000000 are accepted/,
    ],
    ["too many iterations", `r=${RFC.nonce}x,s=AAAA,i=99999999`, /asks for 99999999 iterations/],
    ["no number", `r=${RFC.nonce}x,s=AAAA,i=x`, /asks for NaN iterations/],
  ];

  it.each(wrong)("gives up at %s", async (_title, serverFirst, message) => {
    await expect(step(login(), serverFirst)).rejects.toThrow(message);
  });
});
