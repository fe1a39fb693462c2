import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

type Answer = (error: undefined, response: Buffer) => void;

/** What a test may want otherwise than a proper client. */
export interface ScramClientOptions {
  /** The `gs2-header`. */
  readonly header?: string;
  /** Of the final message, before it is signed. */
  readonly changeUnsigned?: (unsigned: string) => string;
  readonly changeFinal?: (final: string) => string;
}

/** A client's side of SCRAM-SHA-256 in the form that rhea calls, written from RFC 5802 and nothing of src. */
export function scram(user: string, password: string, options: ScramClientOptions = {}): object {
  const { header = "n,,", changeUnsigned = String, changeFinal = String } = options;
  const name = user.replaceAll("=", "=3D").replaceAll(",", "=2C");
  const bare = `n=${name},r=${randomBytes(18).toString("base64")}`;
  return {
    "SCRAM-SHA-256": () => ({
      start: (done: Answer) => done(undefined, Buffer.from(`${header}${bare}`)),
      step: (challenge: Buffer, done: Answer) => {
        const first = challenge.toString();
        const [, nonce = "", salt = "", rounds = ""] = /^r=(.*),s=(.*),i=(.*)$/.exec(first) ?? [];
        const salted = pbkdf2Sync(password, Buffer.from(salt, "base64"), Number(rounds), 32, "sha256");
        const clientKey = createHmac("sha256", salted).update("Client Key").digest();
        const storedKey = createHash("sha256").update(clientKey).digest();
        const final = changeUnsigned(`c=${Buffer.from(header).toString("base64")},r=${nonce}`);
        const signature = createHmac("sha256", storedKey).update(`${bare},${first},${final}`).digest();
        const proof = clientKey.map((byte, index) => byte ^ (signature[index] ?? 0));
        done(undefined, Buffer.from(changeFinal(`${final},p=${Buffer.from(proof).toString("base64")}`)));
      },
    }),
  };
}
