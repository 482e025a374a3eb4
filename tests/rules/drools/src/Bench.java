import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.zip.CRC32;

/** Times cases in Drools: fresh sessions, the best of three; JSON of name to firings, sum of names, seconds. */
public final class Bench {
    static final int MOST_FIRINGS = 20_000;

    public static void main(String[] args) throws Exception {
        String text = new String(Files.readAllBytes(Paths.get(args[0])), StandardCharsets.UTF_8);
        StringBuilder json = new StringBuilder("{");
        for (String part : text.split("(?m)^=== ")) {
            if (part.trim().isEmpty()) {
                continue;
            }
            String name = part.substring(0, part.indexOf('\n')).trim();
            double best = Double.MAX_VALUE;
            int number = 0;
            CRC32 order = new CRC32();
            for (int round = 0; round < 3; round++) {
                ByteArrayOutputStream fired = new ByteArrayOutputStream();
                PrintStream nowhere = new PrintStream(fired);
                Runner.Case one = new Runner.Case(
                    nowhere, Runner.section(part, "rules"), "", Paths.get("."));
                for (String line : Runner.section(part, "actions").split("\n")) {
                    if (!line.trim().isEmpty()) {
                        one.act(new Runner.Words(line.trim()), null);
                    }
                }
                long start = System.nanoTime();
                number = one.session.fireAllRules(MOST_FIRINGS);
                best = Math.min(best, (System.nanoTime() - start) / 1e9);
                one.session.dispose();
                nowhere.flush();
                order.reset();
                order.update(fired.toByteArray());
            }
            json.append(json.length() > 1 ? ", " : "").append('"').append(name).append("\": [")
                .append(number).append(", ").append(order.getValue())
                .append(", ").append(best).append(']');
        }
        System.out.println(json.append('}'));
    }
}
