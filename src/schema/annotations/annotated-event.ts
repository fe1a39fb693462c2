import { ownAnnotations, type OwnAnnotation } from "../model/annotation.ts";
import type { ComponentTable } from "../model/component-table.ts";
import type { ComponentSource, ElementDeclaration, TypeDefinition } from "../model/components.ts";
import { textType } from "../model/content.ts";
import { problemAt, type SchemaProblem } from "../sources/schema-problem.ts";
import { ANNOTATION_RULES, INVALID_ANNOTATION, isAnnotationName } from "./annotation-rules.ts";
import type { EventAnnotations, FieldListName } from "./event-annotations.ts";
import type { Fields } from "./fields.ts";
import { MAX_VISITS, markedFields } from "./marked-fields.ts";
import { fieldAt, pathsIn, type FieldAtPath } from "./paths.ts";
import { promotedField, type PromotedField } from "./promoted-field.ts";

/** What the annotations of one event type come to. */
export interface AnnotatedEvent {
  readonly annotations: EventAnnotations;
  /** In the order of {@link EventAnnotations.promote}. */
  readonly promoted: readonly PromotedField[];
  /** Whether everything in it is sensitive: an empty `sensitive` stands at the event or its type. */
  readonly isSensitive: boolean;
  /** What is wrong with fields that annotations name; they have no effect. */
  readonly warnings: readonly SchemaProblem[];
}

/** Reads the annotations at an event's element, at its type and at the fields below. */
export function readAnnotatedEvent(
  declaration: ElementDeclaration,
  table: ComponentTable,
  fields: Fields,
): AnnotatedEvent {
  return new EventReader(declaration, table, fields).read();
}

type PlacedAnnotation = OwnAnnotation & ComponentSource;

/** A field in a list of an event, and where it is put there. */
type ListedField = FieldAtPath & { readonly writtenAt: ComponentSource };

class EventReader {
  readonly #table: ComponentTable;
  readonly #fields: Fields;
  readonly #type: TypeDefinition;
  /** Those of the element, then those of its type. */
  readonly #own: readonly PlacedAnnotation[];
  readonly #marked: readonly FieldAtPath[];
  readonly #warnings: SchemaProblem[] = [];

  constructor(declaration: ElementDeclaration, table: ComponentTable, fields: Fields) {
    this.#table = table;
    this.#fields = fields;
    this.#type = table.typeOfElement(declaration);
    this.#own = [declaration.source, this.#type.source].flatMap((source) =>
      source === undefined ? [] : ownAnnotations(source.node).map((each) => ({ ...each, file: source.file })),
    );
    const marked = markedFields(this.#type, fields);
    this.#marked = marked.fields;
    if (marked.isCut) {
      const message = `of more than ${MAX_VISITS} fields in the event, only the first were searched for annotations`;
      this.#warn(declaration.source, message);
    }
  }

  read(): AnnotatedEvent {
    const isSensitive =
      this.#own.some(({ name, text }) => name === "sensitive" && text === "") || this.#fields.isSensitive(this.#type);
    const everything = isSensitive ? this.#fields.of(this.#type).map(({ step }) => step) : [];
    const sensitive = [...new Set([...everything, ...this.#listed("sensitive").map(({ path }) => path)])];
    const promoted = this.#promoted(sensitive);
    const lists: Readonly<Record<FieldListName, readonly string[]>> = {
      promote: promoted.map(({ path }) => path),
      orderBy: this.#singleValues("orderBy").map(({ path }) => path),
      dedupeKey: this.#singleValues("dedupeKey").map(({ path }) => path),
      sensitive,
    };
    const named = Object.entries(lists).filter(([, paths]) => paths.length > 0);
    return {
      annotations: { ...this.#texts(), ...Object.fromEntries(named) },
      promoted,
      isSensitive,
      warnings: this.#warnings,
    };
  }

  /** The annotations with a text that has no mistake; the first of each name counts. */
  #texts(): EventAnnotations {
    const texts = new Map<string, string>();
    for (const { name, text } of this.#own) {
      if (!isAnnotationName(name) || texts.has(name)) continue;
      const { content, mistakeIn } = ANNOTATION_RULES[name];
      if (content === "text" && mistakeIn(text) === undefined) texts.set(name, text);
    }
    return Object.fromEntries(texts);
  }

  /** The fields of a list: those that the event names, then those that say it themselves. */
  #listed(list: FieldListName): readonly ListedField[] {
    const named = this.#own
      .filter(({ name }) => name === list)
      .flatMap(({ text, file, node }) =>
        pathsIn(text).flatMap((path) => {
          const found = fieldAt(path, this.#type, this.#fields);
          if (typeof found !== "string") return { ...found, writtenAt: { file, node } };
          this.#warn({ file, node }, `${list}: ${found}`);
          return [];
        }),
      );
    const marked = this.#marked.filter(({ field }) => field.annotations[list] === true);
    return [...named, ...marked.map((each) => ({ ...each, writtenAt: each.field.source }))];
  }

  /** The fields of a list that have one value: only these can stand in a message or in a key. */
  #singleValues(list: FieldListName): readonly ListedField[] {
    const found = new Map<string, ListedField>();
    for (const each of this.#listed(list)) {
      const { path, field, repeats, writtenAt } = each;
      if (repeats) this.#warn(writtenAt, `${list}: the field "${path}" may occur more than once`);
      else if (textType(field.type, this.#table) === undefined) {
        this.#warn(writtenAt, `${list}: the field "${path}" has child elements and so no value`);
      } else found.set(path, each);
    }
    return [...found.values()];
  }

  /** @param sensitive paths of sensitive fields, which are not promoted */
  #promoted(sensitive: readonly string[]): readonly PromotedField[] {
    const properties = new Map<string, PromotedField>();
    for (const { path, field, isSensitive, writtenAt } of this.#singleValues("promote")) {
      if (isSensitive || sensitive.some((each) => path === each || path.startsWith(`${each}/`))) {
        const reason = "is sensitive, and application properties are visible to everybody who sees the message";
        this.#warn(writtenAt, `promote: the field "${path}" ${reason}`);
        continue;
      }
      const promoted = promotedField(path, field, this.#table);
      const { property } = promoted;
      const earlier = properties.get(property);
      if (earlier === undefined) properties.set(property, promoted);
      else {
        const both = `the fields "${earlier.path}" and "${path}" would both be the property "${property}"`;
        this.#warn(writtenAt, `promote: ${both}`);
      }
    }
    return [...properties.values()];
  }

  #warn({ file, node }: ComponentSource, message: string): void {
    this.#warnings.push(problemAt(file, node, message, INVALID_ANNOTATION));
  }
}
