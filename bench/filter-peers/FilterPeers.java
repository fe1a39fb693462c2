import java.io.StringReader;
import java.lang.management.ManagementFactory;
import java.nio.file.*;
import java.util.*;
import javax.xml.transform.stream.StreamSource;
import net.sf.saxon.s9api.*;
import software.amazon.event.ruler.Machine;

/**
 * What other engines need for the same decisions: events.txt (XML, one a line), events.json (the same for event-ruler), filters.tsv (event
 * type, field, value). Prints user CPU in microseconds per event, the median of five turns, and the matches per event.
 *
 * <p>usage: FilterPeers WORK saxon|ruler NUMBER
 */
public class FilterPeers {
  interface Matcher {
    int match(String event) throws Exception;
  }

  public static void main(String[] args) throws Exception {
    Path work = Path.of(args[0]);
    int number = Integer.parseInt(args[2]);
    boolean isSaxon = args[1].equals("saxon");
    List<String> events = Files.readAllLines(work.resolve(isSaxon ? "events.txt" : "events.json"));
    List<String> filters = Files.readAllLines(work.resolve("filters.tsv")).subList(0, number);
    long begin = cpu();
    Matcher matcher = isSaxon ? saxon(filters) : ruler(filters);
    long registration = cpu() - begin;
    int matches = 0;
    for (String event : events) matches += matcher.match(event);
    int size = sizeOfTurn(matcher, events);
    double[] costs = new double[5];
    for (int i = 0; i < costs.length; i++) costs[i] = turn(matcher, events, size) / size;
    Arrays.sort(costs);
    System.out.printf(
        Locale.ROOT,
        "{\"micros\": %.2f, \"matches\": %.3f, \"registrationMicros\": %d}%n",
        costs[2], (double) matches / events.size(), registration);
  }

  /** One tree for an event, all queries on it, compiled before. */
  static Matcher saxon(List<String> filters) throws Exception {
    Processor processor = new Processor(false);
    DocumentBuilder builder = processor.newDocumentBuilder();
    XQueryCompiler compiler = processor.newXQueryCompiler();
    compiler.declareNamespace("f", "http://www.gonicus.de/Events");
    List<XQueryEvaluator> queries = new ArrayList<>();
    for (String line : filters) {
      String[] part = line.split("\t");
      queries.add(compiler.compile("boolean(/f:Event/f:" + part[0] + "[f:" + part[1] + "='" + part[2] + "'])").load());
    }
    return event -> {
      XdmNode document = builder.build(new StreamSource(new StringReader(event)));
      int count = 0;
      for (XQueryEvaluator query : queries) {
        query.setContextItem(document);
        if (((XdmAtomicValue) query.evaluateSingle()).getBooleanValue()) count++;
      }
      return count;
    };
  }

  static Matcher ruler(List<String> filters) throws Exception {
    Machine machine = new Machine();
    int id = 0;
    for (String line : filters) {
      String[] part = line.split("\t");
      machine.addRule("rule" + id++, "{\"" + part[0] + "\": {\"" + part[1] + "\": [\"" + part[2] + "\"]}}");
    }
    return event -> machine.rulesForJSONEvent(event).size();
  }

  static int sizeOfTurn(Matcher matcher, List<String> events) throws Exception {
    int size = 16;
    for (double spent = 0; ; ) {
      double time = turn(matcher, events, size);
      spent += time;
      if (spent > 3_000_000) return (int) Math.max(1, size * (400_000 / time));
      if (time < 400_000) size *= 2;
    }
  }

  static double turn(Matcher matcher, List<String> events, int size) throws Exception {
    long begin = cpu();
    for (int i = 0; i < size; i++) matcher.match(events.get(i % events.size()));
    return cpu() - begin;
  }

  /** CPU time of the whole process in microseconds, with what the collector and the compiler do. */
  static long cpu() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime() / 1000;
  }
}
