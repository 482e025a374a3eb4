import java.io.FileInputStream;
import java.util.Map;
import org.camunda.bpm.dmn.engine.DmnDecision;
import org.camunda.bpm.dmn.engine.DmnEngine;
import org.camunda.bpm.dmn.engine.DmnEngineConfiguration;

/** Evaluates the table of a file for some seconds; prints evaluations per second and a sum. */
public class PeerDmn {
  public static void main(String[] args) throws Exception {
    double seconds = Double.parseDouble(args[1]);
    DmnEngine engine = DmnEngineConfiguration.createDefaultDmnEngineConfiguration().buildEngine();
    DmnDecision decision;
    try (FileInputStream file = new FileInputStream(args[0])) {
      decision = engine.parseDecision("rate", file);
    }
    run(engine, decision, seconds / 2);
    System.out.println(run(engine, decision, seconds));
  }

  private static String run(DmnEngine engine, DmnDecision decision, double seconds) {
    long begun = System.nanoTime();
    long end = begun + (long) (seconds * 1e9);
    long count = 0;
    double sum = 0;
    while (System.nanoTime() < end || count < 2) {
      long n = count++;
      Map<String, Object> given = Map.of(
          "region", "r" + n * 7 % 50, "segment", "s" + n % 4, "amount", (int) (n * 131 % 5000));
      Object found = engine.evaluateDecisionTable(decision, given).getSingleResult().getSingleEntry();
      sum += ((Number) found).doubleValue();
    }
    double took = (System.nanoTime() - begun) / 1e9;
    return String.format("{\"per_second\": %.1f, \"evaluations\": %d, \"sum\": %.1f}",
        count / took, count, sum);
  }
}
