import type { LivingMember } from "./member.ts";
import { groupOf, preferredMember } from "./preferred-member.ts";

/** Which names this member is preferred for: decided once for each name, and again when members come, go or take other groups. */
export class PreferredNames {
  readonly #preferred: typeof preferredMember;
  readonly #known: Map<string, boolean> = new Map();
  #me = "";
  #members: readonly LivingMember[] = [];
  #told = "";

  constructor(preferred: typeof preferredMember = preferredMember) {
    this.#preferred = preferred;
  }

  /** Who lives now, and who of them this is. */
  among(me: string, members: readonly LivingMember[]): void {
    const told = JSON.stringify([me, ...members.map(({ id, groups }) => [id, ...groups]).sort()]);
    if (told !== this.#told) this.#known.clear();
    this.#told = told;
    this.#me = me;
    this.#members = members;
  }

  has(name: string): boolean {
    const known = this.#known.get(name) ?? this.#decide(name);
    this.#known.set(name, known);
    return known;
  }

  /** Nobody will ask for it any more. */
  forget(name: string): void {
    this.#known.delete(name);
  }

  #decide(name: string): boolean {
    const group = groupOf(name);
    const candidates = this.#members.filter(({ id, groups }) => id === this.#me || groups.includes(group));
    return (
      this.#preferred(
        name,
        candidates.map(({ id }) => id),
      ) === this.#me
    );
  }
}
