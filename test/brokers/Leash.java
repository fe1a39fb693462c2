import java.io.IOException;
import java.util.Arrays;

/**
 * Runs another main class and ends with the process that started it.
 *
 * <p>Standard input is a pipe that nobody writes to. It ends when its other end is closed, which the kernel does however the
 * parent dies; the Java machine then halts at once. Arguments: the main class, then that class's own arguments.
 */
public final class Leash {
    private Leash() {}

    public static void main(String[] args) throws Exception {
        Thread watch = new Thread(Leash::haltAtEndOfInput, "leash");
        watch.setDaemon(true);
        watch.start();
        String[] rest = Arrays.copyOfRange(args, 1, args.length);
        Class.forName(args[0]).getMethod("main", String[].class).invoke(null, (Object) rest);
    }

    private static void haltAtEndOfInput() {
        try {
            while (System.in.read() != -1) {
                // whatever it says, only the end counts
            }
        } catch (IOException e) {
            // a broken pipe is an end, too
        }
        Runtime.getRuntime().halt(1);
    }
}
