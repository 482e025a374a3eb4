import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.drools.core.common.InternalFactHandle;
import org.drools.core.time.SessionPseudoClock;
import org.kie.api.KieBase;
import org.kie.api.definition.type.FactField;
import org.kie.api.definition.type.FactType;
import org.kie.api.event.rule.AfterMatchFiredEvent;
import org.kie.api.event.rule.BeforeMatchFiredEvent;
import org.kie.api.event.rule.DefaultAgendaEventListener;
import org.kie.api.io.ResourceType;
import org.kie.api.runtime.KieSession;
import org.kie.api.runtime.KieSessionConfiguration;
import org.kie.api.runtime.conf.ClockTypeOption;
import org.kie.api.runtime.rule.EntryPoint;
import org.kie.api.runtime.rule.FactHandle;
import org.kie.api.runtime.rule.QueryResults;
import org.kie.api.runtime.rule.QueryResultsRow;
import org.kie.api.runtime.rule.Variable;
import org.kie.internal.KnowledgeBase;
import org.kie.internal.KnowledgeBaseFactory;
import org.kie.internal.builder.KnowledgeBuilder;
import org.kie.internal.builder.KnowledgeBuilderFactory;
import org.kie.internal.builder.DecisionTableConfiguration;
import org.kie.internal.builder.DecisionTableInputType;
import org.kie.internal.io.ResourceFactory;

/** Runs rule cases in Drools and writes what happened, in the words of the case files. */
public final class Runner {
    static final ThreadLocal<PrintStream> OUT = new ThreadLocal<>();

    public static void main(String[] args) throws Exception {
        PrintStream console = System.out;
        System.setOut(new PrintStream(new ByteArrayOutputStream()) {
            @Override public void println(String text) { OUT.get().println(prefixed(text)); }
            @Override public void println(Object value) { println(String.valueOf(value)); }
            @Override public void println(int value) { println(String.valueOf(value)); }
            @Override public void println(long value) { println(String.valueOf(value)); }
            @Override public void println(double value) { println(String.valueOf(value)); }
            @Override public void println(boolean value) { println(String.valueOf(value)); }
            @Override public void println(char value) { println(String.valueOf(value)); }
            @Override public void println() { println(""); }
        });
        ExecutorService pool = Executors.newFixedThreadPool(2);
        for (String name : args) {
            Path path = Paths.get(name);
            String text = new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
            List<Future<String>> answers = new ArrayList<>();
            for (String part : text.split("(?m)^=== ")) {
                if (!part.trim().isEmpty()) {
                    answers.add(pool.submit(() -> run(part, path.getParent())));
                }
            }
            console.println("##### " + path.getFileName());
            for (Future<String> answer : answers) {
                console.print(answer.get());
            }
            console.flush();
        }
        pool.shutdown();
    }

    static String prefixed(String text) {
        return "print: " + text.replace("\n", "\nprint: ");
    }

    static String run(String part, Path folder) throws Exception {
        String name = part.substring(0, part.indexOf('\n')).trim();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, "UTF-8");
        OUT.set(out);
        out.println("=== " + name);
        try {
            String rules = section(part, "rules");
            new Case(out, rules, section(part, "table"), folder).run(section(part, "actions"));
        } catch (Refused refused) {
            out.println("refused");
            if (System.getenv("VERBOSE") != null) {
                out.println(refused.getMessage());
            }
        } catch (Throwable thrown) {
            Throwable root = thrown;
            while (root.getCause() != null && root.getCause() != root) {
                root = root.getCause();
            }
            out.println("failed");
            if (System.getenv("VERBOSE") != null) {
                out.println(root.toString());
                root.printStackTrace(out);
            }
        }
        return bytes.toString("UTF-8");
    }

    static String section(String part, String name) {
        int at = part.indexOf("\n--- " + name + "\n");
        if (at < 0) {
            return "";
        }
        int from = at + name.length() + 6;
        int to = part.indexOf("\n--- ", from - 1);
        return part.substring(from, to < 0 ? part.length() : Math.max(from, to + 1));
    }

    static final class Refused extends Exception {
        Refused(String message) {
            super(message);
        }
    }

    static final class Case {
        final PrintStream out;
        final KieSession session;
        final List<FactHandle> handles = new ArrayList<>();
        final List<Object> objects = new ArrayList<>();
        final KnowledgeBase base;
        final Map<String, Object> globals = new TreeMap<>();
        final List<String> packages = new ArrayList<>();

        Case(PrintStream out, String rules, String table, Path folder) throws Refused {
            this.out = out;
            KnowledgeBuilder builder = KnowledgeBuilderFactory.newKnowledgeBuilder();
            if (!table.trim().isEmpty()) {
                String file = table.trim();
                DecisionTableConfiguration how =
                    KnowledgeBuilderFactory.newDecisionTableConfiguration();
                how.setInputType(file.endsWith(".csv")
                    ? DecisionTableInputType.CSV : DecisionTableInputType.XLS);
                if (!rules.trim().isEmpty()) {
                    builder.add(ResourceFactory.newByteArrayResource(
                        rules.getBytes(StandardCharsets.UTF_8)), ResourceType.DRL);
                }
                builder.add(ResourceFactory.newByteArrayResource(bytes(folder.resolve(file))),
                    ResourceType.DTABLE, how);
            } else {
                builder.add(ResourceFactory.newByteArrayResource(
                    rules.getBytes(StandardCharsets.UTF_8)), ResourceType.DRL);
            }
            if (builder.hasErrors()) {
                throw new Refused(builder.getErrors().toString());
            }
            base = KnowledgeBaseFactory.newKnowledgeBase();
            base.addKnowledgePackages(builder.getKnowledgePackages());
            KieSessionConfiguration how = KnowledgeBaseFactory.newKnowledgeSessionConfiguration();
            how.setOption(ClockTypeOption.get("pseudo"));
            session = base.newStatefulKnowledgeSession(how, null);
            session.addEventListener(new DefaultAgendaEventListener() {
                @Override public void beforeMatchFired(BeforeMatchFiredEvent event) {
                    out.println("fired: " + event.getMatch().getRule().getName());
                }
            });
        }

        static byte[] bytes(Path path) throws Refused {
            try {
                return Files.readAllBytes(path);
            } catch (java.io.IOException error) {
                throw new Refused(error.toString());
            }
        }

        void run(String actions) throws Exception {
            SessionPseudoClock clock = session.getSessionClock();
            clock.advanceTime(1577836800000L, TimeUnit.MILLISECONDS);
            for (String line : actions.split("\n")) {
                if (!line.trim().isEmpty()) {
                    act(new Words(line.trim()), clock);
                }
            }
            end();
        }

        void act(Words words, SessionPseudoClock clock) throws Exception {
            switch (words.next()) {
                case "insert": {
                    EntryPoint place = session;
                    if (words.peek().equals("into")) {
                        words.next();
                        place = session.getEntryPoint(words.next());
                    }
                    Object made = object(words, null);
                    objects.add(made);
                    handles.add(place.insert(made));
                    break;
                }
                case "update": {
                    int at = Integer.parseInt(words.next()) - 1;
                    Object changed = object(words, objects.get(at));
                    objects.set(at, changed);
                    session.update(handles.get(at), changed);
                    break;
                }
                case "delete":
                    session.delete(handles.get(Integer.parseInt(words.next()) - 1));
                    break;
                case "global": {
                    String name = words.next();
                    Object value = value(words.next());
                    globals.put(name, value);
                    session.setGlobal(name, value);
                    break;
                }
                case "focus":
                    session.getAgenda().getAgendaGroup(words.next()).setFocus();
                    break;
                case "group":
                    ((org.drools.core.common.InternalAgenda) session.getAgenda())
                        .activateRuleFlowGroup(words.next());
                    break;
                case "clear":
                    session.getAgenda().getAgendaGroup(words.next()).clear();
                    break;
                case "fire": {
                    int number = words.more()
                        ? session.fireAllRules(Integer.parseInt(words.next()))
                        : session.fireAllRules();
                    out.println("number: " + number);
                    break;
                }
                case "advance":
                    clock.advanceTime(Long.parseLong(words.next()), TimeUnit.MILLISECONDS);
                    break;
                case "query":
                    query(words);
                    break;
                default:
                    throw new IllegalArgumentException(words.text);
            }
        }

        void query(Words words) throws Exception {
            String name = words.next();
            List<Object> given = new ArrayList<>();
            while (words.more()) {
                Object one = value(words.next());
                given.add(one == null ? Variable.v : one);
            }
            QueryResults results = session.getQueryResults(name, given.toArray());
            TreeSet<String> ids = new TreeSet<>();
            for (String id : results.getIdentifiers()) {
                ids.add(id);
            }
            List<String> rows = new ArrayList<>();
            for (QueryResultsRow row : results) {
                StringBuilder line = new StringBuilder("row:");
                for (String id : ids) {
                    line.append(' ').append(id).append('=').append(show(row.get(id)));
                }
                rows.add(line.toString());
            }
            java.util.Collections.sort(rows);
            rows.forEach(out::println);
        }

        void end() {
            List<InternalFactHandle> all = new ArrayList<>();
            for (EntryPoint place : session.getEntryPoints()) {
                for (FactHandle handle : place.getFactHandles()) {
                    all.add((InternalFactHandle) handle);
                }
            }
            all.sort((a, b) -> Integer.compare(a.getId(), b.getId()));
            for (InternalFactHandle handle : all) {
                out.println("fact: " + show(handle.getObject()));
            }
            for (Map.Entry<String, Object> one : globals.entrySet()) {
                out.println("global: " + one.getKey() + "=" + show(session.getGlobal(one.getKey())));
            }
            session.dispose();
        }

        FactType type(Object thing) {
            Class<?> kind = thing.getClass();
            return kind.getPackage() == null ? base.getFactType("defaultpkg", kind.getSimpleName())
                : base.getFactType(kind.getPackage().getName(), kind.getSimpleName());
        }

        String show(Object thing) {
            if (thing == null) {
                return "null";
            }
            if (thing instanceof String) {
                return "\"" + thing + "\"";
            }
            if (thing instanceof Long) {
                return thing + "L";
            }
            if (thing instanceof Enum) {
                return "\"" + thing + "\"";
            }
            if (thing instanceof Number || thing instanceof Boolean) {
                return thing.toString();
            }
            if (thing instanceof Map) {
                TreeMap<String, String> shown = new TreeMap<>();
                ((Map<?, ?>) thing).forEach((k, v) -> shown.put(show(k), show(v)));
                return "map" + shown;
            }
            if (thing instanceof Collection) {
                List<String> shown = new ArrayList<>();
                ((Collection<?>) thing).forEach(one -> shown.add(show(one)));
                return shown.toString();
            }
            if (thing.getClass().getName().startsWith("java.")) {
                return thing.toString();
            }
            FactType type = type(thing);
            StringBuilder made = new StringBuilder(thing.getClass().getSimpleName()).append('(');
            String between = "";
            for (FactField field : type.getFields()) {
                made.append(between).append(field.getName()).append('=');
                Object held = type.get(thing, field.getName());
                boolean fact = held != null && !(held instanceof Enum)
                    && !held.getClass().getName().startsWith("java.");
                made.append(fact ? held.getClass().getSimpleName() : show(held));
                between = ", ";
            }
            return made.append(')').toString();
        }

        Object object(Words words, Object before) throws Exception {
            String first = words.peek();
            boolean named = before != null && first.contains("=");
            if (!named && !first.matches("[A-Z]\\w*(\\.\\w+)*|map")) {
                return value(words.next());
            }
            Map<String, Object> map = null;
            FactType type = null;
            Object made = before;
            if (before == null) {
                words.next();
                if (first.equals("map")) {
                    made = new LinkedHashMap<String, Object>();
                } else {
                    type = find(first);
                    made = type.newInstance();
                }
            }
            if (made instanceof Map) {
                @SuppressWarnings("unchecked")
                Map<String, Object> held = (Map<String, Object>) made;
                map = held;
            } else {
                type = type(made);
            }
            while (words.more()) {
                String word = words.next();
                int at = word.indexOf('=');
                Object value = value(word.substring(at + 1));
                if (map != null) {
                    map.put(word.substring(0, at), value);
                } else {
                    type.set(made, word.substring(0, at), value);
                }
            }
            return made;
        }

        FactType find(String name) {
            for (org.kie.internal.definition.KnowledgePackage one : base.getKnowledgePackages()) {
                FactType found = base.getFactType(one.getName(), name);
                if (found != null) {
                    return found;
                }
            }
            throw new IllegalArgumentException("no type " + name);
        }

        Object value(String text) {
            if (text.startsWith("\"")) {
                return new String(text.substring(1, text.length() - 1));
            }
            if (text.startsWith("#")) {
                return objects.get(Integer.parseInt(text.substring(1)) - 1);
            }
            switch (text) {
                case "null": return null;
                case "true": return true;
                case "false": return false;
                case "list": return new ArrayList<Object>();
                case "map": return new LinkedHashMap<String, Object>();
                default:
            }
            if (text.endsWith("L")) {
                return Long.parseLong(text.substring(0, text.length() - 1));
            }
            if (text.contains(".")) {
                return Double.parseDouble(text);
            }
            return Integer.parseInt(text);
        }
    }

    /** Words of a line; texts in quotes may hold blanks. */
    static final class Words {
        final String text;
        final List<String> words = new ArrayList<>();
        int at;

        Words(String text) {
            this.text = text;
            StringBuilder word = new StringBuilder();
            boolean quoted = false;
            for (char letter : text.toCharArray()) {
                if (letter == '"') {
                    quoted = !quoted;
                }
                if (letter == ' ' && !quoted) {
                    if (word.length() > 0) {
                        words.add(word.toString());
                        word.setLength(0);
                    }
                } else {
                    word.append(letter);
                }
            }
            if (word.length() > 0) {
                words.add(word.toString());
            }
        }

        boolean more() {
            return at < words.size();
        }

        String peek() {
            return more() ? words.get(at) : "";
        }

        String next() {
            return words.get(at++);
        }
    }
}
