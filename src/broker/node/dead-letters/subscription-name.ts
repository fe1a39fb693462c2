/** How the broker knows a subscription in its topic. */
export interface SubscriptionName {
  /** Unique in the topic. */
  readonly key: string;
  /** Name of the link, without what follows the first `|` for a shared one. */
  readonly name: string;
  /** Undefined for one that the containers of a user share. */
  readonly container: string | undefined;
  readonly user: string;
  /** For messages to people. */
  readonly label: string;
}

/** UTF-16 code units of a name that go into the label. */
const MAX_SHOWN_LENGTH = 100;

/** What the key of a subscription says; undefined for what is none. */
export function readSubscriptionName(key: string | undefined): SubscriptionName | undefined {
  const [user, container, name] = parts(key);
  if (key === undefined || user === undefined || container === undefined || name === undefined) return undefined;
  const of = container === "" ? `user ${shown(user)}` : `container ${shown(container)}`;
  const label = `subscription ${shown(name)} of ${of}`;
  return { key, name, container: container === "" ? undefined : container, user, label };
}

function parts(key = ""): readonly (string | undefined)[] {
  try {
    const value: unknown = JSON.parse(key);
    return Array.isArray(value) && value.every((part) => typeof part === "string") ? value : [];
  } catch {
    return [];
  }
}

function shown(name: string): string {
  return JSON.stringify(name.length > MAX_SHOWN_LENGTH ? `${name.slice(0, MAX_SHOWN_LENGTH)}…` : name);
}
