import { Type, type TProperties, type TSchema } from "typebox";

/** A text of bounded length. */
export function text(maxLength: number, description?: string): TSchema {
  return Type.String({ maxLength, ...(description === undefined ? {} : { description }) });
}

/** A time in ms since 1970. */
export function time(description?: string): TSchema {
  return Type.Number({ description: `${description === undefined ? "" : `${description}; `}ms since 1970` });
}

/** An object with a name of its own in the OpenAPI document; {@link refTo} names it. */
export function named(name: string, properties: TProperties, description: string): TSchema {
  return Type.Object(properties, { $id: name, title: name, description });
}

/** A schema that was made with {@link named}. */
export function refTo(name: string): TSchema {
  return Type.Unsafe<unknown>({ $ref: `${name}#` });
}

/** `{ "items": […] }`. */
export function items(schema: TSchema): TSchema {
  return Type.Object({ items: Type.Array(schema) });
}

/** `{ "items": […], "next": "…" }`; without `next` it is the last page. */
export function pages(schema: TSchema, next: string): TSchema {
  return Type.Object({ items: Type.Array(schema), next: Type.Optional(Type.String({ description: next })) });
}

/** An object of a request: with these properties and no others. */
export function given(properties: TProperties, description?: string): TSchema {
  return Type.Object(properties, {
    additionalProperties: false,
    ...(description === undefined ? {} : { description }),
  });
}

/** The answer of a status, as Fastify takes it. */
export interface AnswerSchema {
  readonly description: string;
  readonly content: Readonly<Record<string, { readonly schema: TSchema }>>;
}

/** An answer in JSON, or in another media type. */
export function answer(description: string, schema: TSchema, mediaType = "application/json"): AnswerSchema {
  return { description, content: { [mediaType]: { schema } } };
}

/** An id in the path. */
export const ID_PARAMS: TSchema = Type.Object({ id: Type.String({ minLength: 1, maxLength: 256 }) });
