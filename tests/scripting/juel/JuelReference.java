import de.odysseus.el.ExpressionFactoryImpl;
import de.odysseus.el.util.SimpleContext;
import de.odysseus.el.util.SimpleResolver;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import javax.el.ExpressionFactory;

/**
 * Evaluates expressions with the published JUEL. Each line of the input is bindings, a tab, and an
 * expression; each line of the output is the value or the exception.
 */
public final class JuelReference {
    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, "UTF-8");
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        ExpressionFactory factory =
                new ExpressionFactoryImpl(ExpressionFactoryImpl.Profile.JEE6);
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            int tab = line.indexOf('\t');
            out.println(answer(factory, line.substring(0, tab), line.substring(tab + 1)));
        }
    }

    private static String answer(ExpressionFactory factory, String given, String text) {
        try {
            SimpleContext context = new SimpleContext(new SimpleResolver());
            for (Map.Entry<String, Object> entry : Values.bindings(given).entrySet()) {
                Object value = entry.getValue();
                Class<?> type = value == null ? Object.class : value.getClass();
                context.setVariable(
                        entry.getKey(), factory.createValueExpression(value, type));
            }
            return Values.write(
                    factory.createValueExpression(context, text, Object.class).getValue(context));
        } catch (Throwable error) {
            return "error " + error.getClass().getName();
        }
    }
}
