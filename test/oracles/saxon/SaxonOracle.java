import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import javax.xml.transform.stream.StreamSource;
import net.sf.saxon.s9api.DocumentBuilder;
import net.sf.saxon.s9api.Processor;
import net.sf.saxon.s9api.SaxonApiException;
import net.sf.saxon.s9api.XQueryCompiler;
import net.sf.saxon.s9api.XQueryEvaluator;
import net.sf.saxon.s9api.XdmValue;

/**
 * Answers XQuery queries: each line of the input is the Base64 of a query, a space, and that of its document. The answer is
 * {@code =} and the Base64 of the one string that the query gives, or {@code !} and the code of the error.
 */
public final class SaxonOracle {
  private static final Processor PROCESSOR = new Processor(false);

  private SaxonOracle() {}

  public static void main(String[] arguments) throws IOException {
    PrintStream answers = new PrintStream(System.out, false, StandardCharsets.US_ASCII);
    BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = questions.readLine(); line != null; line = questions.readLine()) {
      int space = line.indexOf(' ');
      answers.println(answer(decoded(line.substring(0, space)), decoded(line.substring(space + 1))));
      answers.flush();
    }
  }

  private static String answer(String query, String xml) {
    try {
      DocumentBuilder builder = PROCESSOR.newDocumentBuilder();
      XQueryCompiler compiler = PROCESSOR.newXQueryCompiler();
      compiler.setErrorReporter(problem -> {});
      XQueryEvaluator evaluator = compiler.compile(query).load();
      evaluator.setErrorReporter(problem -> {});
      evaluator.setContextItem(builder.build(new StreamSource(new StringReader(xml))));
      XdmValue result = evaluator.evaluate();
      String text = result.size() == 0 ? "" : result.itemAt(0).getStringValue();
      return "=" + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    } catch (SaxonApiException error) {
      return "!" + (error.getErrorCode() == null ? error.getMessage() : error.getErrorCode().getLocalName());
    } catch (RuntimeException error) {
      return "!" + error.getClass().getSimpleName();
    }
  }

  private static String decoded(String text) {
    return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
  }
}
