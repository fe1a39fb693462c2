import { createHash } from "node:crypto";

/**
 * Which of the members does what has this name: the same one wherever it is asked, and another one for a small part of the names only when
 * a member comes or goes (rendezvous hashing: the highest hash of both wins).
 *
 * @returns undefined: there are none
 */
export function preferredMember(name: string, members: Iterable<string>): string | undefined {
  let best: { readonly member: string; readonly weight: string } | undefined;
  for (const member of members) {
    const weight = createHash("sha256").update(`${member}\0${name}`).digest("hex");
    if (best === undefined || weight > best.weight) best = { member, weight };
  }
  return best?.member;
}

/** What names have in common that the same processes care for: `listener` of `listener:5a1b`. */
export function groupOf(name: string): string {
  return name.split(":", 1)[0] ?? name;
}
