import type { ExpandedName } from "../../xml/index.ts";
import type { ComponentTable } from "../model/component-table.ts";
import type { TypeDefinition } from "../model/components.ts";
import type { SchemaModel } from "../model/schema-model.ts";
import { entryKey } from "../shape/layout.ts";
import { annotationsOf } from "./annotations-of.ts";
import type { AnnotatedField, Fields } from "./fields.ts";

/**
 * What is sensitive at a place in an event: goes down along with a document or an object.
 *
 * Where the schema does not know a place (the event is not valid, or a wildcard lets anything in), an element or attribute
 * is sensitive when a sensitive field of the event has its local name: rather hide too much.
 */
export interface Sensitivity {
  /** Whether the whole content is. */
  readonly isSensitive: boolean;
  isSensitiveAttribute(name: ExpandedName): boolean;
  /** @param actualType the type that `xsi:type` names */
  child(name: ExpandedName, actualType?: ExpandedName): Sensitivity;
  /** The name that a property of the object form stands for, where the schema knows it. */
  fieldName(key: string): ExpandedName | undefined;
}

/** The path of an event element: everything in it is sensitive. */
export const WHOLE_EVENT = "";

/**
 * The sensitivity of an event element.
 *
 * @param actualType the type that `xsi:type` names
 * @param more paths that are sensitive whatever the schema says, such as those that were when an event was kept; may be {@link WHOLE_EVENT}
 */
export function sensitivityOf(
  model: SchemaModel,
  name: ExpandedName,
  actualType?: ExpandedName,
  more: readonly string[] = [],
): Sensitivity {
  const annotations = annotationsOf(model);
  const event = annotations.event(name.localName, name.namespace);
  const { table } = model;
  const declaration = table.element(name);
  const actual = actualType && table.type(actualType);
  const type = actual ?? (declaration && table.typeOfElement(declaration));
  const paths = [...(event?.annotations.sensitive ?? []), ...more];
  const isWhole =
    event?.isSensitive === true ||
    more.includes(WHOLE_EVENT) ||
    (actual !== undefined && annotations.fields.isSensitive(actual));
  const context: Context = {
    table,
    fields: annotations.fields,
    paths: new Set(paths),
    names: new Set(paths.map((path) => path.slice(path.lastIndexOf("/") + 1))),
  };
  return new Place(context, type, "", isWhole);
}

interface Context {
  readonly table: ComponentTable;
  readonly fields: Fields;
  /** Of the sensitive fields of the event. */
  readonly paths: ReadonlySet<string>;
  /** The last steps of the paths. */
  readonly names: ReadonlySet<string>;
}

class Place implements Sensitivity {
  readonly isSensitive: boolean;
  readonly #context: Context;
  /** Undefined where the schema says nothing. */
  readonly #type: TypeDefinition | undefined;
  readonly #path: string;

  constructor(context: Context, type: TypeDefinition | undefined, path: string, isSensitive: boolean) {
    this.#context = context;
    this.#type = type;
    this.#path = path;
    this.isSensitive = isSensitive;
  }

  isSensitiveAttribute(name: ExpandedName): boolean {
    const step = `@${name.localName}`;
    const field = this.#field(step, name);
    return this.#isSensitiveField(step, field) || (field === undefined && this.#context.names.has(step));
  }

  child(name: ExpandedName, actualType?: ExpandedName): Sensitivity {
    const { table, fields, names } = this.#context;
    const { localName } = name;
    const field = this.#field(localName, name);
    // A wildcard may have let it in.
    const declaration = field === undefined ? table.element(name) : undefined;
    const declared = field?.type ?? (declaration && table.typeOfElement(declaration));
    const actual = actualType && table.type(actualType);
    const isSensitive =
      this.#isSensitiveField(localName, field) ||
      (declaration !== undefined && fields.annotationsOf(declaration).sensitive === true) ||
      (actual !== undefined && fields.isSensitive(actual)) ||
      (field === undefined && names.has(localName));
    return new Place(this.#context, actual ?? declared, this.#below(localName), isSensitive);
  }

  fieldName(key: string): ExpandedName | undefined {
    const elements = this.#fields().filter(({ step }) => !step.startsWith("@"));
    return elements.find(({ step, name }) => key === step || key === entryKey(name))?.name;
  }

  #isSensitiveField(step: string, field: AnnotatedField | undefined): boolean {
    return this.isSensitive || field?.annotations.sensitive === true || this.#context.paths.has(this.#below(step));
  }

  #field(step: string, name: ExpandedName): AnnotatedField | undefined {
    return this.#fields().find((each) => each.step === step && each.name.namespace === name.namespace);
  }

  #fields(): readonly AnnotatedField[] {
    return this.#type === undefined ? [] : this.#context.fields.of(this.#type);
  }

  #below(step: string): string {
    return this.#path === "" ? step : `${this.#path}/${step}`;
  }
}
