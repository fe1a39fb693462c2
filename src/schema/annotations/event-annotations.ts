/**
 * What the annotations in the XSD files say of an event type. They stand in xs:appinfo, in the namespace `urn:xqbus`;
 * `docs/annotations.md` lists them. Properties without an annotation are left out.
 *
 * Paths lead from the event element down: `Status`, `User/Name`, `Device/@id`.
 */
export interface EventAnnotations {
  /** What stands behind the domain in the subject of its messages: `phone.status`. */
  readonly routingKey?: string;
  /** The event type in dotted words, for systems that name types so: `repo.sync.start`. */
  readonly type?: string;
  /** The part of a system that sends it. */
  readonly module?: string;
  /** Who answers for the event type. */
  readonly owner?: string;
  /** Paths of the fields that travel as application properties of the message, where selectors of brokers see them. */
  readonly promote?: readonly string[];
  /** Paths of the fields whose values together say which events must stay in order. */
  readonly orderBy?: readonly string[];
  /** Paths of the fields whose values together tell a repetition of an event. */
  readonly dedupeKey?: readonly string[];
  /** How long an archive keeps it: a duration of XML Schema, `P90D`. */
  readonly retention?: string;
  /** Paths of the fields that logs, mails, pages and exports do not show; recursive types are followed once. */
  readonly sensitive?: readonly string[];
  /** The event type should not be used any more; the text says what to use instead. */
  readonly deprecated?: string;
}

/** What the annotations at a field say, at its declaration or its type; without those that the event has for it. */
export interface FieldAnnotations {
  readonly promote?: true;
  readonly orderBy?: true;
  readonly dedupeKey?: true;
  readonly sensitive?: true;
  readonly deprecated?: string;
}

/** The name of an annotation. */
export type AnnotationName = keyof EventAnnotations;

/** Annotations that name fields: at a field they are empty, at the event they have paths. */
export type FieldListName = "promote" | "orderBy" | "dedupeKey" | "sensitive";
