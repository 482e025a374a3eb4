package clients;

import static clients.Report.equal;
import static clients.Report.fails;
import static clients.Report.holds;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.kie.api.runtime.KieSession;
import org.kie.api.runtime.process.ProcessInstance;

/** Processes, signals, work items and globals. */
final class Sessions {

    static Map<String, Object> map(Object... pairs) {
        Map<String, Object> found = new HashMap<>();
        for (int n = 0; n < pairs.length; n += 2) {
            found.put((String) pairs[n], pairs[n + 1]);
        }
        return found;
    }

    static void run(Side side, Report report) throws Exception {
        KieSession ann = side.engine("ann").getKieSession();
        KieSession boss = side.engine("boss").getKieSession();
        History history = side.history(side.engine("ann"));
        History all = side.history(side.engine("boss"));
        ProcessInstance started = ann.startProcess("acme.hiring", map("name", "Ann", "age", 30));
        long id = started.getId();

        report.check("startProcess answers the instance", () -> {
            equal("acme.hiring", started.getProcessId());
            equal(ProcessInstance.STATE_ACTIVE, started.getState());
        });
        report.check("startProcess without variables", () ->
                equal(ProcessInstance.STATE_COMPLETED, ann.startProcess("acme.short").getState()));
        report.check("startProcess of what nobody knows", () -> {
            Throwable told = fails(() -> ann.startProcess("no.such"), side.refusal());
            holds(told.getMessage().contains("no.such"), "the process named in " + told.getMessage());
        });
        report.check("startProcess of a process that fails", () ->
                fails(() -> ann.startProcess("acme.failing"), side.refusal()));
        report.check("getProcessInstance", () -> {
            ProcessInstance found = ann.getProcessInstance(id);
            equal(id, found.getId());
            equal(ProcessInstance.STATE_ACTIVE, found.getState());
        });
        report.check("getProcessInstance for reading only", () ->
                equal(id, ann.getProcessInstance(id, true).getId()));
        report.check("getProcessInstance of none", () -> equal(null, ann.getProcessInstance(999999)));
        report.check("getProcessInstances", () ->
                holds(ann.getProcessInstances().stream().anyMatch(one -> one.getId() == id), "it among them"));
        report.check("signalEvent to one instance", () -> {
            long waiting = ann.startProcess("acme.waiting").getId();
            ann.signalEvent("go", "now", waiting);
            equal(ProcessInstance.STATE_COMPLETED, history.status(waiting));
            equal(Collections.singletonList("said=now"), history.variables(waiting, "said"));
        });
        report.check("signalEvent to all", () -> {
            long first = boss.startProcess("acme.waiting").getId();
            long second = boss.startProcess("acme.waiting").getId();
            boss.signalEvent("go", null);
            equal(ProcessInstance.STATE_COMPLETED, all.status(first));
            equal(ProcessInstance.STATE_COMPLETED, all.status(second));
        });
        report.check("signalEvent starts what waits for it", () -> {
            int before = all.instances("acme.called").size();
            boss.signalEvent("called", 5L);
            equal(before + 1, all.instances("acme.called").size());
        });
        report.check("abortProcessInstance", () -> {
            long aborted = ann.startProcess("acme.waiting").getId();
            ann.abortProcessInstance(aborted);
            equal(null, ann.getProcessInstance(aborted));
            equal(ProcessInstance.STATE_ABORTED, history.status(aborted));
            fails(() -> ann.abortProcessInstance(aborted), side.refusal());
        });
        report.check("WorkItemManager.completeWorkItem", () -> {
            ProcessInstance robot = ann.startProcess("acme.robot");
            ann.getWorkItemManager().completeWorkItem(robot.getId() + 1, map("done", true));
            equal(ProcessInstance.STATE_COMPLETED, history.status(robot.getId()));
            equal(Collections.singletonList("done=true"), history.variables(robot.getId(), "done"));
        });
        report.check("WorkItemManager.abortWorkItem", () -> {
            ProcessInstance robot = ann.startProcess("acme.robot");
            ann.getWorkItemManager().abortWorkItem(robot.getId() + 1);
            equal(ProcessInstance.STATE_COMPLETED, history.status(robot.getId()));
        });
        report.check("completeWorkItem of none is no error", () ->
                ann.getWorkItemManager().completeWorkItem(999999, map()));
        report.check("dispose sends nothing", () -> {
            try {
                ann.dispose();
            } catch (UnsupportedOperationException refused) {
                // some versions say so themselves
            }
            equal(id, ann.getProcessInstance(id).getId());
        });
        report.check("fireAllRules and getFactCount", () -> {
            holds(boss.fireAllRules() >= 0, "a number of rules");
            holds(boss.getFactCount() >= 0, "a number of facts");
        });
        globals(side, report, boss, all);
        identity(side, report);
    }

    private static void globals(Side side, Report report, KieSession boss, History history) {
        report.check("setGlobal and getGlobal", () -> {
            boss.setGlobal("factor", 3);
            equal(3, boss.getGlobal("factor"));
            boss.setGlobal("factor", 7);
            equal(7, boss.getGlobal("factor"));
            equal(null, boss.getGlobal("nothing"));
        });
        report.check("a script sees a global", () -> {
            boss.setGlobal("factor", 6);
            long id = boss.startProcess("acme.factor", map("age", 7)).getId();
            equal(Collections.singletonList("age=42"), tail(history, id));
        });
        if (side.version() > 60) { // the client of 6.0.1 does not say whose session it means
            ofInstances(side, report);
        }
        report.check("a session for each request keeps no global", () -> {
            KieSession each = side.engine("boss", Side.PASSWORD, Side.PER_REQUEST).getKieSession();
            each.setGlobal("factor", 1);
            equal(null, each.getGlobal("factor"));
        });
    }

    private static void ofInstances(Side side, Report report) {
        report.check("globals of an instance are its own", () -> {
            KieSession ann = side.engine("ann", Side.PASSWORD, Side.PER_INSTANCE).getKieSession();
            long one = ann.startProcess("acme.waiting").getId();
            long two = ann.startProcess("acme.waiting").getId();
            KieSession first = side.of("ann", Side.PER_INSTANCE, one).getKieSession();
            KieSession second = side.of("ann", Side.PER_INSTANCE, two).getKieSession();
            first.setGlobal("factor", 1);
            second.setGlobal("factor", 2);
            equal(1, first.getGlobal("factor"));
            equal(2, second.getGlobal("factor"));
        });
    }

    private static java.util.List<String> tail(History history, long id) {
        java.util.List<String> all = history.variables(id, "age");
        return all.subList(all.size() - 1, all.size());
    }

    /** getId is sent by the clients of 6.0 and 6.1 only. */
    private static void identity(Side side, Report report) {
        if (side.version() > 61) {
            return;
        }
        report.check("getId of the one session stays", () -> {
            KieSession session = side.engine("ann").getKieSession();
            equal(session.getId(), session.getId());
        });
        report.check("getId changes with each request", () -> {
            KieSession session = side.engine("ann", Side.PASSWORD, Side.PER_REQUEST).getKieSession();
            holds(session.getId() != session.getId(), "another number");
        });
    }
}
