import java.nio.file.Path;
import java.util.Arrays;
import org.apache.qpid.server.Main;

/**
 * Apache Qpid Broker-J, with the key store made of PEM files first.
 *
 * <p>The broker's own store of PEM files (NonJavaKeyStore) takes an EC key without complaint and then fails every handshake with
 * "No available authentication scheme"; it works with RSA only.
 *
 * <p>Arguments: <code>--tls CERTIFICATES KEY ALGORITHM KEYSTORE</code> or nothing, then those of the broker.
 */
public final class BrokerJ {
    private BrokerJ() {}

    public static void main(String[] args) throws Exception {
        String[] rest = args;
        if (args.length > 0 && args[0].equals("--tls")) {
            PemKeyStore.write(PemKeyStore.read(Path.of(args[1]), Path.of(args[2]), args[3]), Path.of(args[4]));
            rest = Arrays.copyOfRange(args, 5, args.length);
        }
        Main.main(rest);
    }
}
