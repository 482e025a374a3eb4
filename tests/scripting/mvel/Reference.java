import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.mvel2.MVEL;
import org.mvel2.ParserContext;
import org.mvel2.integration.impl.MapVariableResolverFactory;
import org.mvel2.optimizers.OptimizerFactory;
import org.mvel2.templates.TemplateRuntime;

/**
 * Runs texts with the published MVEL as the process engine does: compiled, with the options its
 * dialect sets. Each line of the input is bindings, a tab, and a text whose line ends are written
 * as U+23CE; each line of the output is the value or the exception.
 */
public final class Reference {
    public static void main(String[] args) throws Exception {
        MVEL.COMPILER_OPT_ALLOW_NAKED_METH_CALL = true;
        MVEL.COMPILER_OPT_ALLOW_OVERRIDE_ALL_PROPHANDLING = true;
        MVEL.COMPILER_OPT_ALLOW_RESOLVE_INNERCLASSES_WITH_DOTNOTATION = true;
        MVEL.COMPILER_OPT_SUPPORT_JAVA_STYLE_CLASS_LITERALS = true;
        OptimizerFactory.setDefaultOptimizer("reflective");
        PrintStream out = new PrintStream(System.out, true, "UTF-8");
        System.setOut(new PrintStream(System.err));
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            int tab = line.indexOf('\t');
            String text = line.substring(tab + 1).replace('\u23ce', '\n');
            out.println(answer(line.substring(0, tab), text));
        }
    }

    private static String answer(String given, String text) {
        try {
            Map<String, Object> variables = new HashMap<>(Values.bindings(given));
            if (text.startsWith("template:")) {
                return Values.write(TemplateRuntime.eval(text.substring(9), variables));
            }
            ParserContext context = new ParserContext();
            context.addPackageImport("java.util");
            context.addPackageImport("java.math");
            context.addImport("Person", Person.class);
            context.addImport("Address", Address.class);
            Serializable compiled = MVEL.compileExpression(delimited(text), context);
            return Values.write(
                    MVEL.executeExpression(compiled, new MapVariableResolverFactory(variables)));
        } catch (Throwable error) {
            Throwable cause = error;
            while (cause.getCause() != null && cause.getCause() != cause) {
                cause = cause.getCause();
            }
            return "error " + cause.getClass().getName();
        }
    }

    /** Ends statements with their lines outside of brackets, as the process engine does. */
    private static String delimited(String text) {
        StringBuilder made = new StringBuilder();
        int open = 0;
        char quote = 0;
        char last = ';';
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            if (quote != 0) {
                quote = letter == quote && text.charAt(i - 1) != '\\' ? 0 : quote;
            } else if (letter == '"' || letter == '\'') {
                quote = letter;
            } else if ("([{".indexOf(letter) >= 0) {
                open++;
            } else if (")]}".indexOf(letter) >= 0) {
                open--;
            } else if (letter == '\n' && open == 0 && last != ';' && last != '.'
                    && !text.substring(i).trim().startsWith(".")) {
                made.append(';');
                last = ';';
            }
            if (!Character.isWhitespace(letter)) {
                last = letter;
            }
            made.append(letter);
        }
        return made.toString();
    }
}
