import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { FailureLimit } from "../failure-limit.ts";
import { Refusal, unauthenticated } from "../refusal.ts";
import type { RouteContext } from "../route-context.ts";
import { answer, given, named, refTo } from "../schemas/answers.ts";

const TOKEN = named(
  "Token",
  {
    access_token: Type.String(),
    token_type: Type.Literal("Bearer"),
    expires_in: Type.Integer({ description: "seconds" }),
    scope: Type.String(),
  },
  "A token, as OAuth 2.0 has it (RFC 6749, section 5.1)",
);

const FORM = "application/x-www-form-urlencoded";
const CREDENTIAL = Type.String({ minLength: 1, maxLength: 200 });
const JSON_BODY = given({ id: CREDENTIAL, secret: CREDENTIAL });
const FORM_BODY = given({
  grant_type: Type.Literal("client_credentials"),
  client_id: Type.Optional(CREDENTIAL),
  client_secret: Type.Optional(CREDENTIAL),
  scope: Type.Optional(
    Type.String({ maxLength: 10_000, description: "not looked at: a token has all scopes of its key" }),
  ),
});

interface TokenBody {
  readonly id?: string;
  readonly secret?: string;
  readonly client_id?: string;
  readonly client_secret?: string;
}

/** `POST /token`: a token for an API key and its secret, also in the form of OAuth 2.0 (client credentials), which Prometheus speaks. */
export async function addTokenRoute({ app, access, tokens, options }: RouteContext): Promise<void> {
  app.addSchema(TOKEN);
  const failures = new FailureLimit(options.tokenRateLimit, options.now);
  await app.register(async (scope) => {
    scope.addContentTypeParser(FORM, { parseAs: "string" }, (_, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(String(body))));
    });
    for (const path of ["/token", "/auth/token"]) {
      scope.post<{ Body: TokenBody | undefined }>(
        path,
        {
          config: { access: "open" },
          schema: {
            summary: "A token for an API key",
            description: "Id and secret are user and password of Basic authentication, or stand in the body.",
            tags: ["access"],
            body: { content: { "application/json": { schema: JSON_BODY }, [FORM]: { schema: FORM_BODY } } },
            response: { 200: answer("The token", refTo("Token")) },
          },
        },
        async (request) => {
          const credentials = basicOf(request) ?? bodyOf(request.body);
          if (credentials === undefined) throw unauthenticated("an API key is needed: its id and its secret", "Basic");
          failures.assertBelow(request.ip);
          const key = access.keyWith(...credentials);
          if (key === undefined) {
            failures.add(request.ip);
            throw unauthenticated("there is no API key with this id and secret", "Basic");
          }
          return tokens.issue(key.id, key.scopes);
        },
      );
    }
  });
}

type Credentials = readonly [id: string, secret: string];

function basicOf({ headers }: FastifyRequest): Credentials | undefined {
  const [, encoded] = /^basic +([\w+/-]+=*) *$/i.exec(headers.authorization ?? "") ?? [];
  if (encoded === undefined) return undefined;
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, "base64").toString("utf8")) ?? [];
  if (id === undefined || secret === undefined) {
    throw new Refusal(
      400,
      "xqbus:illegal-argument",
      "the header Authorization is not understood; expected Basic with id:secret",
    );
  }
  return [id, secret];
}

function bodyOf(body: TokenBody | undefined): Credentials | undefined {
  const id = body?.id ?? body?.client_id;
  const secret = body?.secret ?? body?.client_secret;
  return id === undefined || secret === undefined ? undefined : [id, secret];
}
