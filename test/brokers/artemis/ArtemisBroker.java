import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.CoreAddressConfiguration;
import org.apache.activemq.artemis.core.config.ha.SharedStorePrimaryPolicyConfiguration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.config.impl.SecurityConfiguration;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.spi.core.security.ActiveMQJAASSecurityManager;
import org.apache.activemq.artemis.spi.core.security.jaas.InVMLoginModule;

/**
 * ActiveMQ Artemis that speaks AMQP 1.0 on loopback and nothing else.
 *
 * <p>Argument: a properties file in UTF-8 with <code>port</code>, <code>durable</code>, <code>topic</code>,
 * <code>dead-letters</code>, <code>delivery-attempts</code>, a <code>user.NAME=PASSWORD</code> for each user, and for TLS <code>tls.port</code>,
 * <code>tls.certificate</code>, <code>tls.key</code> (PEM files) and <code>tls.key.algorithm</code>. Data is kept in
 * <code>data</code> of the current directory; with <code>shared-store</code> in that folder, and of the brokers that have it in
 * common one works, and the others wait until it ends.
 */
public final class ArtemisBroker {
    private static final String EVERYTHING = "#";
    private static final String ROLE = "users";
    private static final String EXPIRED = "ExpiryQueue";
    private static final int EXPIRY_PERIOD_MS = 500;
    private static final int JOURNAL_FILE = 1024 * 1024;

    private ArtemisBroker() {}

    public static void main(String[] args) throws Exception {
        Properties settings = new Properties();
        try (Reader file = Files.newBufferedReader(Path.of(args[0]), StandardCharsets.UTF_8)) {
            settings.load(file);
        }
        EmbeddedActiveMQ broker = new EmbeddedActiveMQ();
        broker.setConfiguration(configuration(settings));
        broker.setSecurityManager(new ActiveMQJAASSecurityManager(InVMLoginModule.class.getName(), users(settings)));
        broker.start();
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                broker.stop();
            } catch (Exception failure) {
                failure.printStackTrace();
            } finally {
                stopped.countDown();
            }
        }));
        stopped.await();
    }

    private static Configuration configuration(Properties settings) throws Exception {
        String deadLetters = settings.getProperty("dead-letters");
        String data = settings.getProperty("shared-store", "data");
        Configuration configuration = new ConfigurationImpl()
                .setName("xqbus-test")
                .setJMXManagementEnabled(false)
                .setPersistenceEnabled(Boolean.parseBoolean(settings.getProperty("durable")))
                .setJournalType(JournalType.NIO)
                .setJournalFileSize(JOURNAL_FILE)
                .setJournalMinFiles(2)
                .setJournalPoolFiles(2)
                // How full the disk of a test machine is does not matter here.
                .setMaxDiskUsage(-1)
                .setMessageExpiryScanPeriod(EXPIRY_PERIOD_MS)
                .setBindingsDirectory(data + "/bindings")
                .setJournalDirectory(data + "/journal")
                .setLargeMessagesDirectory(data + "/large-messages")
                .setPagingDirectory(data + "/paging");
        if (settings.containsKey("shared-store")) {
            configuration.setHAPolicyConfiguration(new SharedStorePrimaryPolicyConfiguration().setFailoverOnServerShutdown(true));
        }
        configuration.addAddressSetting(EVERYTHING, everyAddress(deadLetters, Integer.parseInt(settings.getProperty("delivery-attempts"))));
        configuration.addAddressConfiguration(new CoreAddressConfiguration()
                .setName(settings.getProperty("topic"))
                .addRoutingType(RoutingType.MULTICAST));
        for (String name : List.of(deadLetters, EXPIRED)) {
            configuration.addQueueConfiguration(QueueConfiguration.of(name).setRoutingType(RoutingType.ANYCAST));
        }
        configuration.putSecurityRoles(
                EVERYTHING, Set.of(new Role(ROLE, true, true, true, true, true, true, true, true, true, true, false, false)));
        configuration.addAcceptorConfiguration("amqp", acceptor(settings.getProperty("port"), ""));
        if (settings.containsKey("tls.port")) {
            configuration.addAcceptorConfiguration("amqps", acceptor(settings.getProperty("tls.port"), serverIdentity(settings)));
        }
        return configuration;
    }

    /** Prefixes tell topics and queues apart, as in ActiveMQ Classic; a plain name that nobody declared is a queue. */
    private static String acceptor(String port, String more) {
        return "tcp://127.0.0.1:" + port
                + "?protocols=AMQP;amqpCredits=1000;amqpLowCredits=300;anycastPrefix=queue://;multicastPrefix=topic://" + more;
    }

    private static AddressSettings everyAddress(String deadLetters, int deliveryAttempts) {
        return new AddressSettings()
                .setMaxDeliveryAttempts(deliveryAttempts)
                .setRedeliveryDelay(0)
                .setDeadLetterAddress(SimpleString.of(deadLetters))
                .setExpiryAddress(SimpleString.of(EXPIRED))
                .setDefaultAddressRoutingType(RoutingType.ANYCAST)
                .setDefaultQueueRoutingType(RoutingType.ANYCAST)
                .setAutoDeleteQueues(false)
                .setAutoDeleteAddresses(false);
    }

    private static SecurityConfiguration users(Properties settings) {
        String prefix = "user.";
        SecurityConfiguration users = new SecurityConfiguration();
        for (String name : settings.stringPropertyNames()) {
            if (!name.startsWith(prefix)) continue;
            String user = name.substring(prefix.length());
            users.addUser(user, settings.getProperty(name));
            users.addRole(user, ROLE);
        }
        return users;
    }

    private static String serverIdentity(Properties settings) throws Exception {
        Path store = Path.of("server.p12").toAbsolutePath();
        Path certificates = Path.of(settings.getProperty("tls.certificate"));
        Path key = Path.of(settings.getProperty("tls.key"));
        PemKeyStore.write(PemKeyStore.read(certificates, key, settings.getProperty("tls.key.algorithm")), store);
        return ";sslEnabled=true;keyStoreType=PKCS12;keyStorePath=" + store + ";keyStorePassword="
                + new String(PemKeyStore.PASSWORD);
    }
}
