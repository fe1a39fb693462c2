import { isXmlChar, parseXml } from "../xml/index.ts";
import { engineFailure, enginePlace } from "./engine-failure.ts";
import { FilterError } from "./filter-error.ts";
import { fontoxpath } from "./fontoxpath.ts";
import type { FontoxpathOptions } from "./fontoxpath.ts";
import { LightTreeFacade } from "./light-tree-facade.ts";
import { positionIn } from "./position-in.ts";
import { findRefusedSyntax } from "./refused-syntax.ts";
import { parseSyntax } from "./syntax-tree.ts";
import type { SyntaxNode } from "./syntax-tree.ts";

/**
 * Finds everything that is wrong with a query before any document is there. Nothing is evaluated.
 *
 * @param text with normalised line ends
 * @param query as the caller wrote it, for the error
 * @throws FilterError with phase `static`
 */
export function checkQuery(text: string, query: string, options: FontoxpathOptions): void {
  checkCharacters(text, query);
  const refused = findRefusedSyntax(parse(text, query, options.language), text);
  if (refused !== undefined) {
    throw new FilterError(refused.code, refused.reason, {
      phase: "static",
      query,
      position: refused.offset === undefined ? undefined : positionIn(text, refused.offset),
    });
  }
  compile(text, query, options);
}

/** XQuery 3.1, section 2: a query consists of the characters of XML. */
function checkCharacters(text: string, query: string): void {
  let offset = 0;
  for (const character of text) {
    const codePoint = character.codePointAt(0)!;
    if (!isXmlChar(codePoint)) {
      const name = `U+${codePoint.toString(16).toUpperCase().padStart(4, "0")}`;
      throw new FilterError("XPST0003", `syntax error: a filter cannot contain the character ${name}`, {
        phase: "static",
        query,
        position: positionIn(text, offset),
      });
    }
    offset += character.length;
  }
}

function parse(text: string, query: string, language: string): SyntaxNode {
  try {
    return parseSyntax(text, language);
  } catch (error) {
    throw engineFailure(error, { text, query, phase: "static", offset: enginePlace(error) });
  }
}

/** Any document; a compilation never looks at it. */
const NO_DOCUMENT = parseXml("<none/>");
const NO_FACADE = new LightTreeFacade();

class CompiledSignal extends Error {}

/** fontoxpath compiles when it evaluates; reading this option is what it does in between, so here it stops. */
const stopAfterCompilation = {
  get currentContext(): never {
    throw new CompiledSignal();
  },
};

function compile(text: string, query: string, options: FontoxpathOptions): void {
  const error = compilationError(text, options);
  if (error === undefined) return;
  const located = compilationError(text, { ...options, debug: true });
  throw engineFailure(error, { text, query, phase: "static", offset: enginePlace(located) });
}

function compilationError(text: string, options: FontoxpathOptions): unknown {
  try {
    fontoxpath.evaluateXPath(
      text,
      NO_DOCUMENT,
      NO_FACADE,
      null,
      fontoxpath.evaluateXPath.BOOLEAN_TYPE,
      Object.defineProperties({ ...options }, Object.getOwnPropertyDescriptors(stopAfterCompilation)),
    );
    return undefined;
  } catch (error) {
    return error instanceof CompiledSignal ? undefined : error;
  }
}
