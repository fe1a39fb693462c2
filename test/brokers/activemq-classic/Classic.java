import java.io.File;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import javax.net.ssl.KeyManagerFactory;
import org.apache.activemq.broker.BrokerPlugin;
import org.apache.activemq.broker.BrokerService;
import org.apache.activemq.broker.SslContext;
import org.apache.activemq.broker.region.policy.IndividualDeadLetterStrategy;
import org.apache.activemq.broker.region.policy.PolicyEntry;
import org.apache.activemq.broker.region.policy.PolicyMap;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQTopic;
import org.apache.activemq.security.AuthenticationUser;
import org.apache.activemq.security.SimpleAuthenticationPlugin;
import org.apache.activemq.store.kahadb.KahaDBPersistenceAdapter;

/**
 * ActiveMQ Classic that speaks AMQP 1.0 on loopback and nothing else.
 *
 * <p>Argument: a properties file in UTF-8 with <code>port</code>, <code>durable</code>, <code>topic</code>, a
 * <code>user.NAME=PASSWORD</code> for each user, and for TLS <code>tls.port</code>, <code>tls.certificate</code>,
 * <code>tls.key</code> (PEM files) and <code>tls.key.algorithm</code>. Data is kept in the current directory.
 */
public final class Classic {
    private static final int LARGEST_MESSAGE = 100 * 1024 * 1024;
    private static final int JOURNAL_FILE = 4 * 1024 * 1024;
    private static final int EXPIRY_PERIOD_MS = 500;

    private Classic() {}

    public static void main(String[] args) throws Exception {
        Properties settings = new Properties();
        try (Reader file = Files.newBufferedReader(Path.of(args[0]), StandardCharsets.UTF_8)) {
            settings.load(file);
        }
        BrokerService broker = new BrokerService();
        broker.setBrokerName("xqbus-test");
        broker.setUseJmx(false);
        broker.setDataDirectoryFile(new File("data"));
        keepMessages(broker, Boolean.parseBoolean(settings.getProperty("durable")));
        broker.setPlugins(new BrokerPlugin[] {users(settings)});
        broker.setDestinationPolicy(deadLetterPolicy());
        broker.setDestinations(new ActiveMQDestination[] {new ActiveMQTopic(settings.getProperty("topic"))});
        broker.addConnector(connector("amqp", settings.getProperty("port")));
        if (settings.containsKey("tls.port")) {
            broker.setSslContext(serverIdentity(settings));
            broker.addConnector(connector("amqp+ssl", settings.getProperty("tls.port")));
        }
        broker.start();
        broker.waitUntilStopped();
    }

    /** The transformer lets selectors see the message as JMS does, which XPATH selectors on the body need. */
    private static String connector(String scheme, String port) {
        return scheme + "://127.0.0.1:" + port
                + "?transport.transformer=jms&transport.wireFormat.maxFrameSize=" + LARGEST_MESSAGE;
    }

    private static void keepMessages(BrokerService broker, boolean durable) throws Exception {
        broker.setPersistent(durable);
        if (durable) {
            KahaDBPersistenceAdapter store = new KahaDBPersistenceAdapter();
            store.setDirectory(new File("data", "kahadb"));
            store.setJournalMaxFileLength(JOURNAL_FILE);
            broker.setPersistenceAdapter(store);
        }
    }

    private static SimpleAuthenticationPlugin users(Properties settings) {
        String prefix = "user.";
        List<AuthenticationUser> users = settings.stringPropertyNames().stream()
                .filter(name -> name.startsWith(prefix))
                .map(name -> new AuthenticationUser(name.substring(prefix.length()), settings.getProperty(name), "users"))
                .toList();
        return new SimpleAuthenticationPlugin(users);
    }

    /** Each queue has its own dead letter queue, <code>DLQ.NAME</code>, for expired messages and for those not kept on disk, too. */
    private static PolicyMap deadLetterPolicy() {
        IndividualDeadLetterStrategy strategy = new IndividualDeadLetterStrategy();
        strategy.setQueuePrefix("DLQ.");
        strategy.setProcessNonPersistent(true);
        PolicyEntry everyQueue = new PolicyEntry();
        everyQueue.setQueue(">");
        everyQueue.setDeadLetterStrategy(strategy);
        everyQueue.setExpireMessagesPeriod(EXPIRY_PERIOD_MS);
        PolicyMap policy = new PolicyMap();
        policy.setPolicyEntries(List.of(everyQueue));
        return policy;
    }

    private static SslContext serverIdentity(Properties settings) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        Path certificates = Path.of(settings.getProperty("tls.certificate"));
        Path key = Path.of(settings.getProperty("tls.key"));
        keys.init(PemKeyStore.read(certificates, key, settings.getProperty("tls.key.algorithm")), PemKeyStore.PASSWORD);
        return new SslContext(keys.getKeyManagers(), null, null);
    }
}
