import { XmlElement, sameName, stringValue, type XmlDocument } from "../../xml/index.ts";
import type { ElementDeclaration, Wildcard } from "../model/components.ts";
import type { Leaf } from "../model/content-matcher.ts";
import { compileSimpleType, isBlank, type SimpleTypeChecker } from "../values/index.ts";
import { checkActualType } from "./check-actual-type.ts";
import { checkAttributes, checkNoAttributes } from "./check-attributes.ts";
import { planChildren } from "./check-children.ts";
import { IdentityChecks } from "./check-identity.ts";
import { checkNil } from "./check-nil.ts";
import { checkText } from "./check-text.ts";
import type { DiagnoseContext } from "./diagnose-context.ts";
import { explainElementInValue, explainNotEmpty, explainTextBetween } from "./explain-content.ts";
import { explainAbstract, explainAbstractType, explainUndeclared } from "./explain-elements.ts";
import { explainFixed } from "./explain-values.ts";
import type { Explanation } from "./explanation.ts";
import { ProblemList } from "./problem-list.ts";
import { References } from "./references.ts";
import { viewOf, type ComplexTypeView } from "./type-view.ts";
import type { ValidationProblem } from "./validation-problem.ts";

/**
 * Finds everything that is wrong in a document (XML Schema 1.0 part 1, section 3.3.4 and what it refers to), where the engine
 * stops at the first wrong child of each element. A consequence of another problem is none of its own.
 *
 * The time is linear in the size of the document, and the search ends when there are more problems than are listed.
 *
 * @returns the problems in document order; when there were more than are listed, an entry `xqbus:limit-exceeded` comes last
 */
export function diagnose(document: XmlDocument, context: DiagnoseContext): readonly ValidationProblem[] {
  return new Diagnosis(context).run(document.documentElement);
}

/** An element to look at, or one whose content was looked at. */
type Task =
  | {
      readonly element: XmlElement;
      readonly judgedBy: Leaf | ElementDeclaration | undefined;
      /** Why it is not allowed where it is. */
      readonly fault: Explanation | undefined;
      /** Whether it lies in an element with identity constraints. */
      readonly isConstrained: boolean;
    }
  | { readonly element: XmlElement; readonly endOf: ElementDeclaration };

class Diagnosis {
  readonly #context: DiagnoseContext;
  readonly #problems: ProblemList;
  readonly #references: References;
  readonly #identity: IdentityChecks;
  /** What is still to be done, the next last. */
  readonly #tasks: Task[] = [];

  constructor(context: DiagnoseContext) {
    this.#context = context;
    this.#problems = new ProblemList(context.namespace, context.maxProblems);
    this.#references = new References(this.#problems);
    this.#identity = new IdentityChecks(context.table, this.#problems);
  }

  run(root: XmlElement): readonly ValidationProblem[] {
    const declaration = this.#context.table.element(root.name);
    if (declaration === undefined) this.#reportUndeclared(root);
    this.#tasks.push({ element: root, judgedBy: declaration, fault: undefined, isConstrained: false });
    for (let task = this.#tasks.pop(); task !== undefined; task = this.#tasks.pop()) {
      if (this.#problems.isExceeded) return this.#problems.list();
      if ("endOf" in task) this.#identity.check(task.element, task.endOf);
      else this.#look(task);
    }
    this.#references.resolve();
    return this.#problems.list();
  }

  #look({ element, judgedBy, fault, isConstrained }: Exclude<Task, { readonly endOf: unknown }>): void {
    if (fault !== undefined) this.#problems.add(element, "cvc-complex-type.2.4", fault);
    if (judgedBy === undefined) return;
    const declaration = judgedBy.kind === "element" ? judgedBy : declarationIn(judgedBy, element);
    const wildcard = judgedBy.kind === "leaf" ? judgedBy.wildcard : undefined;
    if (wildcard !== undefined) this.#lookThrough(wildcard, element, isConstrained);
    else if (declaration !== undefined) this.#judge(element, declaration, isConstrained);
  }

  /** An element that a wildcard allows (section 3.10.1: processContents). */
  #lookThrough({ processContents }: Wildcard, element: XmlElement, isConstrained: boolean): void {
    if (processContents === "skip") return;
    const declaration = this.#context.table.element(element.name);
    if (declaration !== undefined) this.#judge(element, declaration, isConstrained);
    else if (processContents === "strict") this.#reportUndeclared(element);
    else this.#judge(element, undefined, isConstrained);
  }

  #reportUndeclared(element: XmlElement): void {
    this.#problems.add(element, "cvc-elt.1", explainUndeclared(element.name, this.#context.table));
  }

  #judge(element: XmlElement, declaration: ElementDeclaration | undefined, isConstrained: boolean): void {
    const { table } = this.#context;
    if (declaration?.isAbstract === true) {
      this.#problems.add(element, "cvc-elt.2", explainAbstract(declaration, table));
      return;
    }
    const type = checkActualType(element, declaration, { table, problems: this.#problems });
    if (type === undefined) return;
    const hasConstraints = declaration !== undefined && declaration.identityConstraints.length > 0;
    if (hasConstraints) this.#tasks.push({ element, endOf: declaration });
    const judgement = { element, declaration, isConstrained: isConstrained || hasConstraints };
    if (type.kind === "simpleType") this.#judgeSimple(judgement, compileSimpleType(type, table));
    else if (type.isAbstract) this.#problems.add(element, "cvc-type.2", explainAbstractType(element.name));
    else this.#judgeComplex(judgement, viewOf(type, table));
  }

  #judgeSimple(judgement: Judgement, checker: SimpleTypeChecker): void {
    const { element, declaration } = judgement;
    checkNoAttributes(element, this.#problems);
    if (checkNil(element, declaration, this.#problems)) return;
    const child = firstElement(element);
    if (child === undefined) this.#judgeText(judgement, checker, undefined);
    else this.#problems.add(element, "cvc-type.3.1.2", explainElementInValue(element, child));
  }

  #judgeComplex(judgement: Judgement, view: ComplexTypeView): void {
    const { element, declaration, isConstrained } = judgement;
    const { table } = this.#context;
    checkAttributes(element, view, { table, problems: this.#problems, references: this.#references });
    const isNil = checkNil(element, declaration, this.#problems);
    const checker = isNil ? undefined : view.text;
    if (isConstrained && checker === undefined) {
      const isNillable = declaration?.isNillable === true;
      this.#identity.note(element, { isNillable, view, checker: undefined, text: "" });
    }
    if (isNil) return;
    if (checker === undefined) this.#judgeChildren(judgement, view);
    else {
      const child = firstElement(element);
      if (child === undefined) this.#judgeText(judgement, checker, view);
      else this.#problems.add(element, "cvc-complex-type.2.2", explainElementInValue(element, child));
    }
  }

  #judgeText(judgement: Judgement, checker: SimpleTypeChecker, view: ComplexTypeView | undefined): void {
    const { element, declaration, isConstrained } = judgement;
    const text = checkText(element, checker, declaration, this.#context.table, this.#problems);
    if (text !== undefined && checker.identity !== undefined) this.#references.add(checker, text, element);
    if (!isConstrained) return;
    const isNillable = declaration?.isNillable === true;
    const valid = text === undefined ? undefined : checker;
    this.#identity.note(element, { isNillable, view, checker: valid, text: text ?? "" });
  }

  #judgeChildren({ element, declaration, isConstrained }: Judgement, view: ComplexTypeView): void {
    const { isMixed, particle } = view;
    const { children } = element;
    if (particle === undefined && !isMixed) {
      if (children.some(({ nodeType }) => nodeType === 1 || nodeType === 3)) {
        this.#problems.add(element, "cvc-complex-type.2.1", explainNotEmpty(element));
      }
      return;
    }
    const fixed = declaration?.fixed;
    if (isMixed && fixed !== undefined && children.length > 0) this.#judgeFixedMixed(element, fixed);
    const text = isMixed ? undefined : children.find((child) => child.nodeType === 3 && !isBlank(child.data));
    if (text?.nodeType === 3) {
      this.#problems.add(element, "cvc-complex-type.2.3", explainTextBetween(element, text.data));
    }
    const plan = planChildren(element, view, this.#problems.room, this.#context);
    if (plan.incomplete !== undefined) this.#problems.add(element, "cvc-complex-type.2.4", plan.incomplete);
    for (const { child, judgedBy, fault } of plan.children.toReversed()) {
      this.#tasks.push({ element: child, judgedBy, fault, isConstrained });
    }
  }

  /** A mixed element with a fixed value is text only (section 3.3.4, cvc-elt.5.2.2.1 and .2.1). */
  #judgeFixedMixed(element: XmlElement, fixed: string): void {
    const child = firstElement(element);
    const text = stringValue(element);
    if (child !== undefined) this.#problems.add(element, "cvc-elt.5.2.2.1", explainElementInValue(element, child));
    else if (text !== fixed && text !== "") {
      this.#problems.add(element, "cvc-elt.5.2.2.2.1", explainFixed(text, fixed, element));
    }
  }
}

interface Judgement {
  readonly element: XmlElement;
  readonly declaration: ElementDeclaration | undefined;
  readonly isConstrained: boolean;
}

function declarationIn({ elements, abstractHead }: Leaf, { name }: XmlElement): ElementDeclaration | undefined {
  return elements.find((each) => sameName(each.name, name)) ?? abstractHead;
}

function firstElement({ children }: XmlElement): XmlElement | undefined {
  return children.find((child) => child instanceof XmlElement);
}
