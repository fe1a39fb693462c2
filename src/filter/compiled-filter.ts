import type { XmlDocument } from "../xml/index.ts";
import { assertDocument } from "./assert-document.ts";
import type { FilterCheck } from "./check/index.ts";
import { DEFAULT_BUDGET, type BudgetLimits } from "./evaluate/budget.ts";
import type { Context } from "./evaluate/environment.ts";
import { located } from "./evaluate/located.ts";
import { compileModule, type CompiledModule, type ModuleOptions } from "./evaluate/module.ts";
import { contextFor } from "./evaluate/run.ts";
import { explainDocument } from "./explain/explain-document.ts";
import type { Explanation } from "./explain/explanation.ts";
import { toFilterItem, type FilterItem } from "./filter-item.ts";
import type { FilterOptions } from "./filter-options.ts";
import type { Filter, FilterLanguage } from "./filter.ts";
import type { FilterMessage } from "./message/filter-message.ts";
import { messageVariables } from "./message/message-variables.ts";
import { portableText } from "./portable-text.ts";
import { queryFailure } from "./query-failure.ts";
import type { Formula } from "./selector/formula.ts";
import { impliedConditions } from "./selector/implied-conditions.ts";
import type { ImpliedCondition } from "./selector/formula.ts";
import { impliedSelector, labelledSelector, type TypeLabels } from "./selector/implied-selector.ts";
import { parseQuery } from "./syntax/parse-query.ts";
import type { Sequence } from "./values/item.ts";

/** What a filter is made of. */
export interface FilterParts {
  /** As it was given. */
  readonly text: string;
  readonly options: FilterOptions;
  readonly parts: ModuleOptions;
  readonly module: CompiledModule;
  /** What the catalog of the options says. */
  readonly check: FilterCheck;
  readonly checkAgain: Filter["check"];
}

const NO_VARIABLES: ReadonlyMap<string, Sequence> = new Map();

type CatalogModel = Parameters<Filter["check"]>[0];

/** A filter over the compiled query. */
export class CompiledFilter implements Filter {
  readonly text: string;
  readonly language: FilterLanguage;
  readonly variables: readonly string[];
  readonly eventTypes: FilterCheck["eventTypes"];
  readonly warnings: FilterCheck["problems"];
  readonly #parts: ModuleOptions;
  readonly #module: CompiledModule;
  readonly #limits: BudgetLimits;
  readonly #model: NonNullable<FilterOptions["catalog"]>["model"] | undefined;
  readonly #checkAgain: Filter["check"];

  constructor({ text, options, parts, module, check, checkAgain }: FilterParts) {
    this.text = text;
    this.language = parts.language;
    this.variables = Object.freeze(module.externals.map(String));
    this.eventTypes = check.eventTypes;
    this.warnings = check.problems;
    this.#parts = parts;
    this.#module = module;
    this.#limits = { ...DEFAULT_BUDGET, ...options.budget };
    this.#model = options.catalog?.model;
    this.#checkAgain = checkAgain;
    Object.freeze(this);
  }

  /** @internal What the query was compiled from. */
  get source(): ModuleOptions {
    return this.#parts;
  }

  /** Made when it is asked for: few filters go to another broker. */
  get xquery(): string | undefined {
    const { query, language } = this.#parts;
    return portableText(parseQuery(query, language), this.#parts, this.#module.undeclared);
  }

  /** Made when it is asked for, likewise. */
  get selector(): string | undefined {
    const conditions = this.#model && this.#conditions(this.#model);
    return conditions && impliedSelector(conditions);
  }

  labelledSelector(
    { model }: CatalogModel,
    labels: TypeLabels,
    options: { readonly open: boolean },
  ): string | undefined {
    const conditions = this.#conditions(model);
    return conditions && labelledSelector(conditions, labels, options);
  }

  implied({ model }: CatalogModel): ReadonlyMap<string, ImpliedCondition> | undefined {
    return this.#conditions(model);
  }

  check(catalog: NonNullable<FilterOptions["catalog"]>): FilterCheck {
    return this.#checkAgain(catalog);
  }

  matches(document: XmlDocument, message?: FilterMessage): boolean {
    const { body } = this.#module;
    return this.#run(document, message, (context) => located(body.at, () => body.test(context)));
  }

  evaluate(document: XmlDocument, message?: FilterMessage): readonly FilterItem[] {
    return this.#run(document, message, (context): readonly FilterItem[] => {
      const { budget } = context.environment;
      return Object.freeze(this.#module.body.items(context).map((item) => toFilterItem(item, budget)));
    });
  }

  explain(document: XmlDocument, message?: FilterMessage, sensitive?: readonly string[]): Explanation {
    assertDocument(document);
    const parts = this.#parts;
    return explainDocument(
      {
        query: parts.query,
        language: parts.language,
        model: this.#model,
        sensitive,
        compile: (syntax, observe) => compileModule(syntax, { ...parts, observe }),
        contextFor: (watched) => this.#contextFor(watched, document, message),
        failure: (error) => this.#failure(error),
        matches: () => this.matches(document, message),
      },
      document,
    );
  }

  /** XPath 1.0 compares other things than a selector does. */
  #conditions(model: CatalogModel["model"]): ReadonlyMap<string, Formula> | undefined {
    const { query, language, namespaces } = this.#parts;
    return language === "xpath1" ? undefined : impliedConditions(parseQuery(query, language), namespaces, model);
  }

  #run<T>(document: XmlDocument, message: FilterMessage | undefined, evaluate: (context: Context) => T): T {
    assertDocument(document);
    try {
      return evaluate(this.#contextFor(this.#module, document, message));
    } catch (error) {
      throw this.#failure(error);
    }
  }

  #contextFor(module: CompiledModule, document: XmlDocument, message: FilterMessage | undefined): Context {
    const variables = module.externals.length === 0 ? NO_VARIABLES : messageVariables(message ?? {});
    return contextFor(module, { contextItem: document, limits: this.#limits, variables });
  }

  #failure(error: unknown): unknown {
    return queryFailure(error, this.#parts.query, this.text, "dynamic");
  }
}
