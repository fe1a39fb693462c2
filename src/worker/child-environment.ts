/** What every program needs. Everything else, passwords among it, is the parent's alone. */
const NEEDED: readonly string[] = [
  ...["PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP"],
  ...["SystemRoot", "SYSTEMROOT", "ComSpec", "COMSPEC", "PATHEXT", "USERPROFILE", "APPDATA", "LOCALAPPDATA"],
];

/** The environment of a worker process: what every program needs, and what it is given on purpose. */
export function childEnvironment(
  parent: Readonly<Record<string, string | undefined>>,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const kept = Object.entries(parent).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && (NEEDED.includes(entry[0]) || entry[0].startsWith("LC_")),
  );
  return { ...Object.fromEntries(kept), ...given };
}
