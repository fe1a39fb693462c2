import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/** Turns a certificate chain and a private key in PEM files, as OpenSSL writes them, into the key store that Java wants. */
final class PemKeyStore {
    /** Java insists on a password. What it would protect lies beside it, readable for the same user. */
    static final char[] PASSWORD = "secret".toCharArray();

    private PemKeyStore() {}

    /**
     * Reads the key store of a server.
     *
     * @param certificates file with the server's certificate and those above it, in this order
     * @param key file with the private key in PKCS #8, not encrypted
     * @param algorithm of the key, by its Java name: RSA, EC, EdDSA
     */
    static KeyStore read(Path certificates, Path key, String algorithm) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, PASSWORD);
        store.setKeyEntry("server", readKey(key, algorithm), PASSWORD, readChain(certificates));
        return store;
    }

    /** Writes the key store as a PKCS #12 file. */
    static void write(KeyStore store, Path file) throws GeneralSecurityException, IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD);
        }
    }

    private static Certificate[] readChain(Path file) throws GeneralSecurityException, IOException {
        try (InputStream pem = Files.newInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificates(pem).toArray(Certificate[]::new);
        }
    }

    private static PrivateKey readKey(Path file, String algorithm) throws GeneralSecurityException, IOException {
        String base64 = Files.readString(file).replaceAll("-----[^-]+-----", "");
        byte[] der = Base64.getMimeDecoder().decode(base64);
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
    }
}
