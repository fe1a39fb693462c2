/** A part of the syntax tree; `at` is the offset in the query, in UTF-16 code units. */
export interface Located {
  readonly at: number;
}

/**
 * A name as written: `local`, `prefix:local`, or `Q{uri}local`.
 * `prefix` is the empty string where none is written; `uri` is only there for the third form.
 */
export interface QNameSyntax extends Located {
  readonly prefix: string;
  readonly localName: string;
  readonly uri?: string;
}

/** `type` is the literal's type; `value` is the text as written, without quotes and with escapes and references replaced. */
export interface LiteralSyntax extends Located {
  readonly kind: "literal";
  readonly type: "string" | "integer" | "decimal" | "double";
  readonly value: string;
}

/** `%name("value", 1)`. */
export interface AnnotationSyntax extends Located {
  readonly name: QNameSyntax;
  readonly values: readonly LiteralSyntax[];
}

/** A sequence type (XQuery 3.1, section 2.5.4). `empty-sequence()` has no item type. */
export interface SequenceTypeSyntax extends Located {
  readonly item: ItemTypeSyntax | undefined;
  readonly occurrence: "" | "?" | "*" | "+";
}

export type ItemTypeSyntax = Located &
  (
    | { readonly kind: "item" }
    | { readonly kind: "atomic"; readonly name: QNameSyntax }
    /** `function(*)` has no parameters and no result. */
    | {
        readonly kind: "functionType";
        readonly parameters: readonly SequenceTypeSyntax[] | undefined;
        readonly result: SequenceTypeSyntax | undefined;
        readonly annotations: readonly AnnotationSyntax[];
      }
    /** `map(*)` has neither key nor value. */
    | {
        readonly kind: "mapType";
        readonly key: ItemTypeSyntax | undefined;
        readonly value: SequenceTypeSyntax | undefined;
      }
    /** `array(*)` has no member. */
    | { readonly kind: "arrayType"; readonly member: SequenceTypeSyntax | undefined }
    | KindTestSyntax
  );

/** A test of a node's kind (section 2.5.5), as item type and as node test. */
export type KindTestSyntax = Located &
  (
    | { readonly kind: "anyNode" | "text" | "comment" | "namespaceNode" }
    /** `processing-instruction()`, with a target when one is given. */
    | { readonly kind: "processingInstruction"; readonly target: string | undefined }
    /** `document-node()`, with the test for its element when one is given. */
    | { readonly kind: "documentNode"; readonly element: KindTestSyntax | undefined }
    /** `element(name, type?)`; no name for `element()` and `element(*)`. `?` behind the type allows nilled elements. */
    | {
        readonly kind: "element" | "attribute";
        readonly name: QNameSyntax | undefined;
        readonly type: QNameSyntax | undefined;
        readonly nillable: boolean;
      }
    | { readonly kind: "schemaElement" | "schemaAttribute"; readonly name: QNameSyntax }
  );

/** What a step selects on its axis: a name, a wildcard, or a kind. */
export type NodeTestSyntax =
  | (Located & { readonly kind: "name"; readonly name: QNameSyntax })
  /** `*`, `prefix:*`, `*:local`, `Q{uri}*`: undefined parts match everything. */
  | (Located & {
      readonly kind: "wildcard";
      readonly prefix: string | undefined;
      readonly uri: string | undefined;
      readonly localName: string | undefined;
    })
  | KindTestSyntax;
