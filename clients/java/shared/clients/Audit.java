package clients;

import static clients.Report.equal;
import static clients.Report.fails;
import static clients.Report.holds;
import static clients.Sessions.map;

import java.util.Arrays;
import java.util.Collections;
import org.kie.api.runtime.KieSession;

/** The logs of processes, nodes and variables. */
final class Audit {

    static void run(Side side, Report report) throws Exception {
        KieSession session = side.engine("ann").getKieSession();
        History history = side.history(side.engine("ann"));
        long id = session.startProcess("acme.parent", map("name", "Änn/+ 1")).getId();
        long ended = session.startProcess("acme.short").getId();

        report.check("findProcessInstances", () ->
                holds(history.instances().containsAll(Arrays.asList(id, ended)), "both instances"));
        report.check("findProcessInstances of a process", () -> {
            holds(history.instances("acme.parent").contains(id), "the instance");
            equal(Collections.emptyList(), history.instances("no.such"));
        });
        report.check("findActiveProcessInstances", () -> {
            holds(history.active("acme.parent").contains(id), "the running one");
            equal(Collections.emptyList(), history.active("acme.short"));
        });
        report.check("findProcessInstance", () -> {
            equal(1, history.status(id));
            equal(2, history.status(ended));
            equal(null, history.status(999999));
        });
        report.check("findSubProcessInstances", () -> {
            equal(1, history.children(id).size());
            equal(Collections.emptyList(), history.children(ended));
        });
        report.check("findNodeInstances", () -> {
            holds(history.nodes(id).containsAll(Arrays.asList("_1:0", "_1:1", "_2:0")), "start and call");
            equal(Collections.singletonList("_2:0"), history.nodes(id, "_2"));
        });
        report.check("findVariableInstances", () -> {
            holds(history.variables(id).contains("name=Änn/+ 1"), "the variable");
            equal(Collections.singletonList("name=Änn/+ 1"), history.variables(id, "name"));
            equal(Collections.emptyList(), history.variables(id, "nothing"));
        });
        report.check("findVariableInstancesByName", () -> {
            holds(history.named("name", true).contains("name=Änn/+ 1"), "the variable");
            equal(Collections.emptyList(), history.named("nothing", false));
        });
        report.check("findVariableInstancesByNameAndValue", () -> {
            holds(!history.valued("name", "Änn/+ 1", true).isEmpty(), "the variable");
            equal(Collections.emptyList(), history.valued("name", "Nobody", false));
        });
        report.check("clear is for administrators", () -> {
            fails(history::clear, side.refusal());
            side.history(side.engine("boss")).clear();
            equal(Collections.emptyList(), history.instances("acme.short"));
        });
    }
}
