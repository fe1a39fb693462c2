import jakarta.jms.*;
import org.apache.qpid.jms.JmsConnectionFactory;

/** Apache qpid-jms talks to the broker whose URL is the first argument; prints a line for each thing that works. */
public class JmsPeer {
    static final long TIMEOUT = 10_000;

    public static void main(String[] args) throws Exception {
        var factory = new JmsConnectionFactory(args[1], args[2], args[0]);
        try (Connection connection = factory.createConnection()) {
            connection.start();
            var session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
            var topic = session.createTopic("org.clacks");
            var consumer = session.createConsumer(topic);
            var producer = session.createProducer(topic);

            var text = session.createTextMessage("text");
            text.setStringProperty("a", "b");
            text.setJMSType("PhoneStatus");
            producer.send(text);
            var received = (TextMessage) consumer.receive(TIMEOUT);
            check("message", received.getText().equals("text") && received.getStringProperty("a").equals("b")
                && received.getJMSType().equals("PhoneStatus") && received.getJMSDestination().equals(topic));
            received.acknowledge();

            var bytes = session.createBytesMessage();
            bytes.writeBytes(new byte[2_000_000]);
            producer.send(bytes);
            check("long message", ((BytesMessage) consumer.receive(TIMEOUT)).getBodyLength() == 2_000_000);

            session.recover();
            check("recovered message", consumer.receive(TIMEOUT).getJMSRedelivered());

            Queue replies = session.createTemporaryQueue();
            var replyConsumer = session.createConsumer(replies);
            var anonymous = session.createProducer(null);
            anonymous.send(replies, session.createTextMessage("reply"));
            check("reply to a temporary queue", ((TextMessage) replyConsumer.receive(TIMEOUT)).getText().equals("reply"));
            replyConsumer.close();
            ((TemporaryQueue) replies).delete();

            var counted = session.createConsumer(session.createTopic("org.many"));
            var many = session.createTopic("org.many");
            for (int i = 0; i < 500; i++) anonymous.send(many, session.createTextMessage(Integer.toString(i)));
            var order = true;
            for (int i = 0; i < 500; i++) order &= ((TextMessage) counted.receive(TIMEOUT)).getText().equals(Integer.toString(i));
            check("order", order);
            check("nothing more", counted.receive(200) == null && counted.receiveNoWait() == null);
        }
        check("close", true);
    }

    static void check(String name, boolean condition) {
        if (!condition) throw new AssertionError("failed: " + name);
        System.out.println(name);
    }
}
