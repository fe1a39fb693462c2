import jakarta.jms.*;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.qpid.jms.JmsConnectionFactory;

/** Apache qpid-jms subscribes in all ways that JMS knows; prints a line for each thing that works. */
public class JmsSubscriptions {
    static final long TIMEOUT = 10_000;
    static final long NOTHING = 300;

    public static void main(String[] args) throws Exception {
        var factory = new JmsConnectionFactory(args[1], args[2], args[0]);
        try (Connection connection = factory.createConnection(); Connection nameless = factory.createConnection()) {
            connection.setClientID("desk");
            connection.start();
            nameless.start();
            var session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            var other = nameless.createSession(false, Session.AUTO_ACKNOWLEDGE);
            durable(session);
            shared(session, "shared", () -> session.createSharedConsumer(session.createTopic("shared"), "team"));
            shared(session, "shared durable",
                () -> session.createSharedDurableConsumer(session.createTopic("shared durable"), "lasting team"));
            session.unsubscribe("lasting team");
            shared(other, "shared by all",
                () -> other.createSharedDurableConsumer(other.createTopic("shared by all"), "all"));
            other.unsubscribe("all");
            unknown(session);
            selectors(session);
            browser(session);
            delayed(session);
            expired(session);
            noLocal(session, other);
        }
        check("close", true);
    }

    static void durable(Session session) throws JMSException {
        var topic = session.createTopic("org.clacks");
        var producer = session.createProducer(topic);
        session.createDurableConsumer(topic, "alarms").close();
        producer.send(session.createTextMessage("missed"));
        var again = session.createDurableConsumer(topic, "alarms");
        check("durable subscription", text(again.receive(TIMEOUT)).equals("missed"));
        again.close();
        session.unsubscribe("alarms");
        producer.send(session.createTextMessage("after"));
        var anew = session.createDurableConsumer(topic, "alarms");
        check("unsubscribed", anew.receive(NOTHING) == null);
        anew.close();
        session.unsubscribe("alarms");

        session.createDurableConsumer(topic, "alarms", "a = 1", false).close();
        for (int a : new int[] {1, 2}) send(session, producer, "selected", a);
        var changed = session.createDurableConsumer(topic, "alarms", "a = 2", false);
        send(session, producer, "changed", 2);
        var bodies = bodies(changed, 2);
        check("changed selector", bodies.get(bodies.size() - 1).equals("changed"));
        changed.close();
        session.unsubscribe("alarms");
    }

    interface Subscribing {
        MessageConsumer open() throws JMSException;
    }

    static void shared(Session session, String name, Subscribing subscribing) throws JMSException {
        var one = subscribing.open();
        var two = subscribing.open();
        var producer = session.createProducer(session.createTopic(name));
        for (int i = 0; i < 10; i++) producer.send(session.createTextMessage(Integer.toString(i)));
        var bodies = new ArrayList<String>();
        for (int i = 0; i < 10; i++) {
            Message message = (i % 2 == 0 ? one : two).receive(1000);
            if (message == null) message = (i % 2 == 0 ? two : one).receive(TIMEOUT);
            bodies.add(text(message));
        }
        Collections.sort(bodies);
        check(name, bodies.equals(List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"))
            && one.receive(NOTHING) == null && two.receive(NOTHING) == null);
        one.close();
        two.close();
    }

    static void unknown(Session session) throws JMSException {
        try {
            session.unsubscribe("never heard of");
            check("unknown subscription", false);
        } catch (InvalidDestinationException expected) {
            check("unknown subscription", true);
        }
    }

    static void selectors(Session session) throws JMSException {
        var queue = session.createQueue("selected");
        var producer = session.createProducer(queue);
        for (int a = 0; a < 10; a++) send(session, producer, "m" + a, a);
        var some = session.createConsumer(queue, "a BETWEEN 3 AND 5 OR JMSType LIKE 'x%'");
        check("selector", bodies(some, 3).equals(List.of("m3", "m4", "m5")) && some.receive(NOTHING) == null);
        some.close();
        try {
            session.createConsumer(queue, "a = ");
            check("wrong selector", false);
        } catch (JMSException expected) {
            check("wrong selector", true);
        }
    }

    static void browser(Session session) throws JMSException {
        var queue = session.createQueue("selected");
        var browser = session.createBrowser(queue);
        check("browser", Collections.list(browser.getEnumeration()).size() == 7);
        browser.close();
        var selecting = session.createBrowser(queue, "a > 7");
        check("browser with selector", Collections.list(selecting.getEnumeration()).size() == 2);
        selecting.close();
        var consumer = session.createConsumer(queue);
        check("nothing taken", bodies(consumer, 7).get(0).equals("m0"));
        consumer.close();
    }

    static void delayed(Session session) throws JMSException {
        var queue = session.createQueue("delayed");
        var producer = session.createProducer(queue);
        var consumer = session.createConsumer(queue);
        producer.setDeliveryDelay(400);
        producer.send(session.createTextMessage("late"));
        producer.setDeliveryDelay(0);
        producer.send(session.createTextMessage("soon"));
        check("delivery delay", bodies(consumer, 2).equals(List.of("soon", "late")));
        consumer.close();
    }

    static void expired(Session session) throws JMSException, InterruptedException {
        var queue = session.createQueue("short");
        var producer = session.createProducer(queue);
        producer.setTimeToLive(1);
        producer.send(session.createTextMessage("gone"));
        producer.setTimeToLive(0);
        Thread.sleep(50);
        producer.send(session.createTextMessage("there"));
        var consumer = session.createConsumer(queue);
        check("time to live", bodies(consumer, 1).equals(List.of("there")));
        consumer.close();
    }

    static void noLocal(Session session, Session other) throws JMSException {
        var topic = session.createTopic("both");
        var consumer = session.createConsumer(topic, null, true);
        session.createProducer(topic).send(session.createTextMessage("own"));
        other.createProducer(topic).send(other.createTextMessage("foreign"));
        check("no local", bodies(consumer, 1).equals(List.of("foreign")) && consumer.receive(NOTHING) == null);
        consumer.close();
    }

    static void send(Session session, MessageProducer producer, String body, int a) throws JMSException {
        var message = session.createTextMessage(body);
        message.setIntProperty("a", a);
        producer.send(message);
    }

    static List<String> bodies(MessageConsumer consumer, int count) throws JMSException {
        var bodies = new ArrayList<String>();
        while (bodies.size() < count) {
            var message = consumer.receive(bodies.isEmpty() ? TIMEOUT : 2000);
            if (message == null) break;
            bodies.add(text(message));
        }
        return bodies;
    }

    static String text(Message message) throws JMSException {
        return ((TextMessage) message).getText();
    }

    static void check(String name, boolean condition) {
        if (!condition) throw new AssertionError("failed: " + name);
        System.out.println(name);
    }
}
