/** A name as it is often misspelt: two letters in the wrong order, else one too many. */
export function misspell(name: string): string {
  const at = Math.floor(name.length / 2);
  const swapped = name.slice(0, at - 1) + (name[at] ?? "") + (name[at - 1] ?? "") + name.slice(at + 1);
  return name.length > 3 && swapped !== name ? swapped : `${name}x`;
}
