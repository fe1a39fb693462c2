import { Type, type TSchema } from "typebox";
import { named } from "./answers.ts";

/** `Problem` of the OpenAPI document (RFC 9457). */
export const PROBLEM: TSchema = named(
  "Problem",
  {
    type: Type.String({ description: "urn:xqbus:error: and the code" }),
    code: Type.String({ description: "stable; programs may switch on it" }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: "what was wrong, where, and what would be right" }),
    problems: Type.Optional(
      Type.Array(
        Type.Object({
          code: Type.Optional(Type.String()),
          message: Type.String(),
          path: Type.Optional(Type.String()),
          line: Type.Optional(Type.Integer()),
          column: Type.Optional(Type.Integer()),
        }),
        { description: "everything that is wrong, where there is a list" },
      ),
    ),
    requestId: Type.Optional(Type.String({ description: "what the log of the daemon names the request by" })),
  },
  "An error",
);
