package clients;

import static clients.Report.equal;
import static clients.Sessions.map;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kie.api.runtime.KieSession;
import org.kie.api.task.TaskService;

/** Values of every type: into a process, through a task's document and back, and as results. */
final class Values {

    enum Colour { RED, GREEN }

    static void run(Side side, Report report) throws Exception {
        KieSession session = side.engine("ann").getKieSession();
        TaskService tasks = side.engine("ann").getTaskService();
        History history = side.history(side.engine("ann"));
        for (Map.Entry<String, Object> one : values(side).entrySet()) {
            Object value = one.getValue();
            report.check("as a variable and in a document: " + one.getKey(), () -> {
                long id = session.startProcess("acme.value", map("value", value)).getId();
                long task = tasks.getTasksByProcessInstanceId(id).get(0);
                equal(value, Documents.content(tasks, task).get("value"));
                tasks.start(task, "ann");
                tasks.complete(task, "ann", map("result", value));
                equal(2, history.status(id));
                if (value instanceof Number || value instanceof String || value instanceof Boolean) {
                    equal(Collections.singletonList("result=" + value), history.variables(id, "result"));
                }
            });
        }
        report.check("a class of the customer's own becomes data", () -> {
            long id = session.startProcess("acme.person", map("person", new Person("Ann", 30))).getId();
            List<String> told = history.variables(id, "told");
            equal("told=Ann is 30", told.get(told.size() - 1));
        });
        report.check("what an enumeration says is text", () -> {
            long id = session.startProcess("acme.value", map("value", Colour.GREEN.name())).getId();
            equal(Collections.singletonList("value=GREEN"), history.variables(id, "value"));
        });
    }

    private static Map<String, Object> values(Side side) {
        Map<String, Object> found = new LinkedHashMap<>();
        found.put("String", "Zoë \"quoted\" \u20ac \uD83D\uDE00");
        if (side.version() != 61) { // the client of 6.1 sends these as they are
            found.put("String with marks of XML", "<&> ]]> &amp;");
        }
        found.put("an empty String", "");
        found.put("Integer", 30);
        found.put("Long", 5_000_000_000L);
        found.put("Short", (short) 7);
        found.put("Byte", (byte) -3);
        found.put("Boolean", true);
        found.put("Character", 'z');
        found.put("Double", 1.5);
        found.put("Float", 2.5f);
        found.put("BigDecimal", new BigDecimal("1.250"));
        found.put("BigInteger", new BigInteger("123456789012345678901234567890"));
        found.put("Date", new Date(1_400_000_000_123L));
        found.put("byte[]", new byte[] {1, 2, -1});
        if (side.version() >= 62) {
            found.put("List", new ArrayList<Object>(Arrays.asList("a", 1, true)));
            found.put("List of dates and long numbers", new ArrayList<Object>(Arrays.asList(
                    new Date(1_400_000_000_123L), 5_000_000_000L, 2.5f, "x")));
            found.put("an empty List", new ArrayList<Object>());
            found.put("String[]", new String[] {"q", "r"});
        }
        if (side.version() >= 63) { // the client of 6.2 loses what is inside
            found.put("List of lists", new ArrayList<Object>(Arrays.asList(
                    new ArrayList<Object>(Arrays.asList(1, 2)), new ArrayList<Object>())));
            found.put("Set", new HashSet<Object>(Arrays.asList("x", "y")));
            found.put("an empty Map", map());
            found.put("List of maps", new ArrayList<Object>(Arrays.asList(map("k", 1), map("k", "v"))));
            found.put("Map", map("k", "v", "n", 5L, "inner", map("deep", new Date(0))));
        }
        if (side.version() >= 65) { // that of 6.3 sends it as an int[]
            found.put("Integer[]", new Integer[] {1, 2});
        }
        if (side.version() >= 64) { // those before cannot send null
            found.put("null", null);
        }
        return found;
    }
}
