/** A broker in Java as a server would run; the default of the tests is quick to start and slow later. */
export const SERVER_JAVA_OPTIONS: readonly string[] = ["-Xmx1g", "-XX:+UseParallelGC"];
