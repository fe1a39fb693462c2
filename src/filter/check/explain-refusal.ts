import { nearestName, type TextRefusal } from "../../schema/index.ts";
import type { Finding } from "./findings.ts";
import { didYouMean, quote } from "./words.ts";

/** Why an element or attribute never has a text, and which one was probably meant. */
export function explainRefusal(name: string, text: string, refusal: TextRefusal): Omit<Finding, "at"> {
  const { facet, limit, values, builtIn } = refusal;
  const never = `${name} is never ${quote(text)}`;
  if (values.length > 0 && (facet === "enumeration" || facet === "fixed")) {
    const near = nearestName(text, values);
    const meant = near === undefined ? undefined : asLiteral(near);
    return {
      code: "xqbus:filter-not-in-enumeration",
      message: `${never}, it is ${values.length === 1 ? "always " : "one of "}${listed(values)}${didYouMean(meant)}`,
      suggestion: meant,
    };
  }
  if (facet !== undefined) {
    return { code: "xqbus:filter-outside-facet", message: `${never}: ${facet} is ${limit}` };
  }
  const message =
    builtIn === undefined ? `${never}: it has not the form of the type` : `${never}: that is no xs:${builtIn}`;
  return { code: "xqbus:filter-incompatible-types", message };
}

function listed(values: readonly string[]): string {
  const shown = values.slice(0, MAX_LISTED).map(quote).join(", ");
  return values.length > MAX_LISTED ? `${shown} and ${values.length - MAX_LISTED} more` : shown;
}

/** As a string literal of the query. */
export function asLiteral(text: string): string {
  return `"${text.replaceAll('"', '""').replaceAll("&", "&amp;")}"`;
}

const MAX_LISTED = 12;
