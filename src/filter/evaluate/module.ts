import { XMLNS_NAMESPACE, XML_NAMESPACE, type ExpandedName } from "../../xml/index.ts";
import { findFunction, unknownFunction } from "../functions/library.ts";
import type { FunctionDefinition } from "../functions/function-definition.ts";
import type {
  Declaration,
  FunctionDeclaration,
  QueryLanguage,
  QuerySyntax,
  VariableDeclaration,
} from "../syntax/ast.ts";
import { assertCollation, refuseCollation } from "../values/collation.ts";
import { convert } from "../values/convert.ts";
import type { Sequence } from "../values/item.ts";
import {
  ARRAY_NAMESPACE,
  ERR_NAMESPACE,
  FN_NAMESPACE,
  LOCAL_NAMESPACE,
  MAP_NAMESPACE,
  MATH_NAMESPACE,
  RESERVED_NAMESPACES,
  XQUERY_NAMESPACE,
  XSD_NAMESPACE,
  XSI_NAMESPACE,
} from "../values/namespaces.ts";
import { QueryError, UnsupportedError } from "../values/query-error.ts";
import type { SequenceType } from "../values/sequence-type.ts";
import type { Compiled } from "./compiled.ts";
import { Declared } from "./declared.ts";
import type { Context } from "./environment.ts";
import { Activation } from "./focus.ts";
import { QueryScope, type Frame } from "./query-scope.ts";
import type { Scope } from "./scope.ts";
import type { GlobalBinding, StaticContext, VariableBinding } from "./static-context.ts";

/** What is given from outside before a query is compiled. */
export interface ModuleOptions {
  readonly query: string;
  readonly language: QueryLanguage;
  /** Prefixes that are declared before the text begins; the empty one is the default element namespace. */
  readonly namespaces: ReadonlyMap<string, string>;
  /** Which names without declaration are external variables, and their types. */
  readonly externalVariable: (name: ExpandedName) => SequenceType | undefined;
  /** Refuses a declared external variable that nothing can give a value. @throws QueryError */
  readonly checkExternal?: (name: ExpandedName, at: number) => void;
  /**
   * Whether a declared external variable needs a value, as the standard says (XPDY0002). Else it is empty where nobody gives it
   * one and its declared type allows that.
   */
  readonly requiresExternals?: boolean;
  readonly baseUri: string | undefined;
  readonly observe?: StaticContext["observe"];
}

/** A compiled query. */
export interface CompiledModule {
  readonly body: Compiled;
  /** Local variables of the body. */
  readonly slots: number;
  /** Variables of the prolog. */
  readonly globals: number;
  /** The external variables that are declared, or used without a declaration. */
  readonly externals: readonly ExpandedName[];
  /** Those of them that are used without a declaration, and their types. */
  readonly undeclared: readonly { readonly name: ExpandedName; readonly type: SequenceType }[];
  /** What holds where the body begins. */
  readonly scope: Scope;
}

/**
 * Compiles a main module: the prolog (XQuery 3.1, section 4), then the body.
 *
 * @throws QueryError static errors; UnsupportedError
 */
export function compileModule(syntax: QuerySyntax, options: ModuleOptions): CompiledModule {
  const module = new Module(options);
  for (const declaration of syntax.prolog.declarations) module.declare(declaration);
  module.compileDeclarations();
  const frame: Frame = { size: 0 };
  const scope = new QueryScope(module, frame);
  const body = scope.compile(syntax.body);
  module.compileFunctions();
  const { globals, externals, undeclared } = module;
  return { body, slots: frame.size, globals, externals, undeclared, scope };
}

const PREDECLARED: readonly (readonly [prefix: string, namespace: string])[] = [
  ["xml", XML_NAMESPACE],
  ["xs", XSD_NAMESPACE],
  ["xsi", XSI_NAMESPACE],
  ["fn", FN_NAMESPACE],
  ["local", LOCAL_NAMESPACE],
  ["math", MATH_NAMESPACE],
  ["map", MAP_NAMESPACE],
  ["array", ARRAY_NAMESPACE],
  ["err", ERR_NAMESPACE],
];

interface DeclaredFunction {
  readonly syntax: FunctionDeclaration;
  readonly definition: FunctionDefinition;
  readonly target: { body: Compiled | undefined; slots: number };
}

class Module implements StaticContext {
  readonly query: string;
  readonly language: QueryLanguage;
  readonly #options: ModuleOptions;
  readonly #namespaces: Map<string, string>;
  readonly #declaredPrefixes = new Set<string>();
  readonly #settings = new Map<string, string>();
  readonly #variables = new Map<string, VariableBinding>();
  readonly #functions = new Map<string, DeclaredFunction>();
  readonly #variableSyntax: VariableDeclaration[] = [];
  readonly decimalFormats = new Map<string, Readonly<Record<string, string>>>();
  defaultElementNamespace: string;
  readonly externals: ExpandedName[] = [];
  readonly undeclared: { readonly name: ExpandedName; readonly type: SequenceType }[] = [];
  defaultFunctionNamespace: string = FN_NAMESPACE;
  globals = 0;

  constructor(options: ModuleOptions) {
    this.query = options.query;
    this.language = options.language;
    this.#options = options;
    this.#namespaces = new Map([...PREDECLARED, ...options.namespaces]);
    this.#namespaces.delete("");
    this.defaultElementNamespace = options.namespaces.get("") ?? "";
  }

  get baseUri(): string | undefined {
    return this.#settings.get("base-uri") ?? this.#options.baseUri;
  }

  get observe(): StaticContext["observe"] {
    return this.#options.observe;
  }

  get preservesBoundarySpace(): boolean {
    return this.#settings.get("boundary-space") === "preserve";
  }

  get preservesNamespaces(): boolean {
    return !(this.#settings.get("copy-namespaces") ?? "").startsWith("no-preserve");
  }

  get inheritsNamespaces(): boolean {
    return !(this.#settings.get("copy-namespaces") ?? "").endsWith("no-inherit");
  }

  get emptyIsGreatest(): boolean {
    return this.#settings.get("empty-order") === "greatest";
  }

  namespaceOf(prefix: string): string | undefined {
    return this.#namespaces.get(prefix) || undefined;
  }

  variable(name: ExpandedName): VariableBinding | undefined {
    const declared = this.#variables.get(String(name));
    if (declared !== undefined) return declared;
    const type = this.#options.externalVariable(name);
    if (type === undefined) return undefined;
    this.undeclared.push({ name, type });
    return this.#bindExternal(name, type, type.occurrence === "?" ? "empty" : undefined);
  }

  function(name: ExpandedName, arity: number, at: number): FunctionDefinition {
    const declared = this.#functions.get(`${String(name)}#${arity}`);
    const definition = declared?.definition ?? findFunction(name, arity);
    if (definition !== undefined) return definition;
    throw unknownFunction(name, arity, at);
  }

  declare(declaration: Declaration): void {
    const { at } = declaration;
    switch (declaration.kind) {
      case "namespace":
        this.#declareNamespace(declaration.prefix, declaration.uri, at);
        return;
      case "defaultNamespace":
        if (declaration.uri === XML_NAMESPACE || declaration.uri === XMLNS_NAMESPACE) {
          throw new QueryError("XQST0070", `${declaration.uri} cannot be a default namespace`, at);
        }
        this.#setOnce(`default ${declaration.of} namespace`, declaration.uri, "XQST0066", at);
        if (declaration.of === "element") this.defaultElementNamespace = declaration.uri;
        else this.defaultFunctionNamespace = declaration.uri;
        return;
      case "setter":
        this.#set(declaration.name, declaration.value, at);
        return;
      case "decimalFormat":
        this.#declareFormat(declaration);
        return;
      case "variable":
        this.#declareVariable(declaration);
        return;
      case "function":
        this.#declareFunction(declaration);
        return;
      case "option":
        this.#checkOption(declaration);
        return;
      case "contextItem":
        throw new UnsupportedError("declare context item", "the context item is the document", at);
      case "import":
        throw declaration.what === "schema"
          ? new UnsupportedError("import schema", "leave it out; filters read untyped documents", at)
          : new UnsupportedError("import module", "declare the functions in the query itself", at);
    }
  }

  /** Variables and functions see one another, whatever comes first; that no value needs itself is checked when it is evaluated. */
  compileDeclarations(): void {
    const pending = this.#variableSyntax.map((syntax) => this.#bindVariable(syntax));
    for (const compile of pending) compile();
  }

  compileFunctions(): void {
    for (const { syntax, definition, target } of this.#functions.values()) {
      if (syntax.body === undefined) {
        throw new UnsupportedError("an external function", "declare its body", syntax.at);
      }
      const frame: Frame = { size: 0 };
      let scope: Scope = new QueryScope(this, frame);
      for (const [i, { name }] of syntax.parameters.entries()) {
        scope = scope.bind(scope.resolve(name, "none"), definition.parameters[i]!).scope;
      }
      target.body = scope.compile(syntax.body);
      target.slots = frame.size;
    }
  }

  /** Options of others are passed over (XQuery 3.1, section 4.16); those of serialization would change nothing here. */
  #checkOption({ name, at }: Extract<Declaration, { kind: "option" }>): void {
    if (name.prefix === "" && name.uri === undefined) return;
    const { namespace } = new QueryScope(this, { size: 0 }).resolve(name, "none");
    if (namespace !== "http://www.w3.org/2010/xslt-xquery-serialization") return;
    throw new UnsupportedError("a serialization parameter", "leave it out; a filter's result is not serialized", at);
  }

  #declareNamespace(prefix: string, uri: string, at: number): void {
    if (this.#declaredPrefixes.has(prefix)) {
      throw new QueryError("XQST0033", `the prefix "${prefix}" is declared twice`, at);
    }
    if (prefix === "xml" || prefix === "xmlns" || uri === XML_NAMESPACE || uri === XMLNS_NAMESPACE) {
      throw new QueryError("XQST0070", `the prefix "${prefix}" cannot be declared as ${JSON.stringify(uri)}`, at);
    }
    this.#declaredPrefixes.add(prefix);
    this.#namespaces.set(prefix, uri);
  }

  #set(name: string, value: string, at: number): void {
    if (name === "default-collation") {
      refuseCollation(value, at);
      assertCollation(value, "XQST0038", at);
    }
    const normalized = name === "base-uri" ? value.trim().replaceAll(/\s+/g, " ") : value;
    if (name === "base-uri" && !/^[A-Za-z][A-Za-z0-9+.-]*:/.test(normalized)) {
      throw new UnsupportedError("a relative base URI", "write an absolute one", at);
    }
    this.#setOnce(name, normalized, SETTER_ERRORS[name] ?? "XQST0065", at);
  }

  #setOnce(name: string, value: string, code: string, at: number): void {
    if (this.#settings.has(name)) throw new QueryError(code, `${name} is declared twice`, at);
    this.#settings.set(name, value);
  }

  #declareFormat({ name, properties, at }: Extract<Declaration, { kind: "decimalFormat" }>): void {
    const key = name === undefined ? "" : String(new QueryScope(this, { size: 0 }).resolve(name, "none"));
    if (this.decimalFormats.has(key)) throw new QueryError("XQST0111", "a decimal format is declared twice", at);
    this.decimalFormats.set(key, properties);
  }

  #declareVariable(syntax: VariableDeclaration): void {
    const scope = new QueryScope(this, { size: 0 });
    const name = scope.resolve(syntax.name, "none");
    checkAnnotations(syntax.annotations, scope, "variable");
    if (this.#variableSyntax.some((other) => scope.resolve(other.name, "none") === name)) {
      throw new QueryError("XQST0049", `the variable $${name.localName} is declared twice`, syntax.at);
    }
    this.#variableSyntax.push(syntax);
  }

  /** Makes the variable known; what it returns compiles its value. */
  #bindVariable(syntax: VariableDeclaration): () => void {
    const frame: Frame = { size: 0 };
    const scope = new QueryScope(this, frame);
    const name = scope.resolve(syntax.name, "none");
    const type = scope.sequenceType(syntax.type);
    if (syntax.isExternal) this.#options.checkExternal?.(name, syntax.name.at);
    if (syntax.isExternal && syntax.value === undefined) {
      const mayBeAbsent = this.#options.requiresExternals !== true && syntax.type !== undefined;
      const isOptional = mayBeAbsent && (type.occurrence === "?" || type.occurrence === "*");
      this.#bindExternal(name, type, isOptional ? "empty" : undefined);
      return () => undefined;
    }
    const target: { value: Compiled | undefined; slots: number } = { value: undefined, slots: 0 };
    const own: GlobalBinding = { kind: "global", number: this.globals++, target, type };
    const binding = syntax.isExternal ? this.#bindExternal(name, type, own) : own;
    this.#variables.set(String(name), binding);
    return () => {
      // The value does not see the variable itself, but what it may hide.
      this.#variables.delete(String(name));
      target.value = new Declared(syntax.at, scope.compile(syntax.value!), type, name);
      target.slots = frame.size;
      this.#variables.set(String(name), binding);
    };
  }

  #bindExternal(
    name: ExpandedName,
    type: SequenceType,
    otherwise: GlobalBinding | "empty" | undefined,
  ): VariableBinding {
    const binding: VariableBinding = { kind: "external", name, type, otherwise };
    this.#variables.set(String(name), binding);
    this.externals.push(name);
    return binding;
  }

  #declareFunction(syntax: FunctionDeclaration): void {
    const scope = new QueryScope(this, { size: 0 });
    const name = scope.resolve(syntax.name, "function");
    checkAnnotations(syntax.annotations, scope, "function");
    if (name.namespace === "")
      throw new QueryError(
        "XQST0060",
        `the function ${name.localName} is in no namespace; call it local:${name.localName}`,
        syntax.name.at,
      );
    if (RESERVED_NAMESPACES.has(name.namespace)) {
      throw new QueryError(
        "XQST0045",
        `the namespace of ${name.localName} is reserved; call it local:${name.localName}`,
        syntax.name.at,
      );
    }
    const key = `${String(name)}#${syntax.parameters.length}`;
    if (this.#functions.has(key) || findFunction(name, syntax.parameters.length) !== undefined) {
      throw new QueryError("XQST0034", `the function ${name.localName} is declared twice`, syntax.at);
    }
    const names = new Set(syntax.parameters.map((parameter) => String(scope.resolve(parameter.name, "none"))));
    if (names.size < syntax.parameters.length) {
      throw new QueryError("XQST0039", `two parameters of ${name.localName} have the same name`, syntax.at);
    }
    const parameters = syntax.parameters.map(({ type }) => scope.sequenceType(type));
    const result = scope.sequenceType(syntax.result);
    const target: DeclaredFunction["target"] = { body: undefined, slots: 0 };
    const definition: FunctionDefinition = {
      name,
      parameters,
      result,
      usesFocus: false,
      call: ({ environment }: Context, args: readonly Sequence[]) => {
        const slots = [...args];
        slots.length = Math.max(target.slots, args.length);
        const items = target.body!.items(new Activation(environment, slots));
        return convert(items, result, () => `the result of ${name.localName}()`, syntax.at);
      },
    };
    this.#functions.set(key, { syntax, definition, target });
  }
}

const SETTER_ERRORS: Readonly<Record<string, string | undefined>> = {
  "boundary-space": "XQST0068",
  "default-collation": "XQST0038",
  "base-uri": "XQST0032",
  construction: "XQST0067",
  ordering: "XQST0065",
  "empty-order": "XQST0069",
  "copy-namespaces": "XQST0055",
};

/** Annotations in reserved namespaces mean nothing here but `%public` and `%private` (XQuery 3.1, section 4.15). */
function checkAnnotations(
  annotations: VariableDeclaration["annotations"],
  scope: Scope,
  what: "variable" | "function",
): void {
  const visibilities = annotations.filter(({ name, at }) => {
    const { namespace, localName } = scope.resolve(
      name.prefix === "" && name.uri === undefined ? { ...name, uri: XQUERY_NAMESPACE } : name,
      "none",
    );
    const isVisibility = namespace === XQUERY_NAMESPACE && (localName === "public" || localName === "private");
    if (!isVisibility && RESERVED_NAMESPACES.has(namespace)) {
      throw new QueryError("XQST0045", `the annotation %${localName} is not known`, at);
    }
    return isVisibility;
  });
  if (visibilities.length > 1) {
    const code = what === "variable" ? "XQST0116" : "XQST0106";
    throw new QueryError(code, `the ${what} has several of %public and %private`, visibilities[1]!.at);
  }
}
