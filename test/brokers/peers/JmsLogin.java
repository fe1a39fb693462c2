import jakarta.jms.*;
import org.apache.qpid.jms.JmsConnectionFactory;

/** Logs in with Apache qpid-jms, with each of the arguments "URL user password"; prints "in" or the kind of refusal for each. */
public class JmsLogin {
    public static void main(String[] args) throws Exception {
        for (int i = 0; i + 2 < args.length; i += 3) {
            var user = args[i + 1].isEmpty() ? null : args[i + 1];
            var factory = new JmsConnectionFactory(user, user == null ? null : args[i + 2], args[i]);
            try (Connection connection = factory.createConnection()) {
                connection.start();
                System.out.println("in");
            } catch (JMSSecurityException refused) {
                System.out.println("refused");
            }
        }
    }
}
