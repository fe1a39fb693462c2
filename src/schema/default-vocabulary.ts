import { findEventNames } from "./assemble/assemble.ts";
import { isEnvelope } from "./assemble/envelope.ts";
import { resolveCatalogOptions } from "./catalog-options.ts";
import { defaultModel } from "./default-model.ts";
import { readComponents } from "./model/read-components.ts";
import { loadSources, shippedEnvelope } from "./sources/load-sources.ts";
import { makeVocabulary, type Vocabulary } from "./vocabulary.ts";

let cached: Vocabulary | undefined;

/**
 * The names of the catalog in the default directories (see {@link CatalogOptions.directories}). Read at the first call in the
 * process, without validating anything: a file that is not well-formed is passed over.
 *
 * @throws XqbusError `xqbus:unreadable` when a directory that XQBUS_SCHEMAS names cannot be read
 */
export function defaultVocabulary(): Vocabulary {
  return (cached ??= readDefaultVocabulary());
}

function readDefaultVocabulary(): Vocabulary {
  const options = resolveCatalogOptions({});
  const { namespace } = options;
  const { units } = loadSources(options);
  const hasEnvelope = units.some((unit) => isEnvelope(unit, namespace));
  const all = hasEnvelope ? units : [shippedEnvelope(namespace), ...units];
  return makeVocabulary(namespace, findEventNames(all, namespace), all.map(readComponents), defaultModel);
}
