package clients;

import static clients.Report.equal;
import static clients.Report.fails;
import static clients.Report.holds;
import static clients.Sessions.map;

import java.util.Collections;
import java.util.List;
import org.kie.api.runtime.KieSession;
import org.kie.api.task.TaskService;
import org.kie.api.task.model.Content;
import org.kie.api.task.model.Status;
import org.kie.api.task.model.Task;
import org.kie.api.task.model.TaskSummary;

/** Every operation on a task, what may be done when, and by whom. */
final class Tasks {

    private final Side side;
    private final KieSession session;
    private final TaskService ann;
    private final TaskService bob;
    private final TaskService boss;

    private Tasks(Side side) throws Exception {
        this.side = side;
        session = side.engine("ann").getKieSession();
        ann = side.engine("ann").getTaskService();
        bob = side.engine("bob").getTaskService();
        boss = side.engine("boss").getTaskService();
    }

    static void run(Side side, Report report) throws Exception {
        Tasks tasks = new Tasks(side);
        tasks.looks(report);
        tasks.operations(report);
        tasks.endings(report);
        tasks.conflicts(report);
        tasks.newTasks(report);
    }

    private long fresh() {
        long id = session.startProcess("acme.hiring", map("name", "Ann", "age", 30)).getId();
        return ann.getTasksByProcessInstanceId(id).get(0);
    }

    /** A task that is ann's alone. */
    private long own() {
        return ann.getTasksByProcessInstanceId(session.startProcess("acme.value").getId()).get(0);
    }

    private Status status(long task) {
        return boss.getTaskById(task).getTaskData().getStatus();
    }

    private String owner(long task) {
        Object found = boss.getTaskById(task).getTaskData().getActualOwner();
        return found == null ? null : ((org.kie.api.task.model.User) found).getId();
    }

    private void looks(Report report) {
        long id = fresh();
        report.check("getTaskById", () -> {
            Task task = ann.getTaskById(id);
            equal(id, task.getId());
            equal("Review", task.getNames().get(0).getText());
            equal(Status.Ready, task.getTaskData().getStatus());
            equal("HR", task.getPeopleAssignments().getPotentialOwners().get(0).getId());
            equal("acme.hiring", task.getTaskData().getProcessId());
            equal(Side.UNIT, task.getTaskData().getDeploymentId());
        });
        report.check("getTaskById of none", () -> equal(null, ann.getTaskById(999999)));
        report.check("getTaskByWorkItemId", () -> {
            long item = ann.getTaskById(id).getTaskData().getWorkItemId();
            equal(id, ann.getTaskByWorkItemId(item).getId());
            equal(null, ann.getTaskByWorkItemId(999999));
        });
        report.check("getContentById", () -> {
            long number = ann.getTaskById(id).getTaskData().getDocumentContentId();
            Content content = ann.getContentById(number);
            equal(number, content.getId());
            equal(null, ann.getContentById(999999));
        });
        report.check("getAttachmentById of none", () -> equal(null, ann.getAttachmentById(5)));
    }

    private void operations(Report report) {
        report.check("claim, start, stop, suspend, resume, release", () -> {
            long id = fresh();
            ann.claim(id, "ann");
            equal(Status.Reserved, status(id));
            equal("ann", owner(id));
            ann.start(id, "ann");
            equal(Status.InProgress, status(id));
            ann.stop(id, "ann");
            equal(Status.Reserved, status(id));
            ann.suspend(id, "ann");
            equal(Status.Suspended, status(id));
            ann.resume(id, "ann");
            equal(Status.Reserved, status(id));
            ann.release(id, "ann");
            equal(Status.Ready, status(id));
            equal(null, owner(id));
        });
        report.check("start takes a ready task", () -> {
            long id = fresh();
            ann.start(id, "ann");
            equal(Status.InProgress, status(id));
            equal("ann", owner(id));
        });
        report.check("delegate", () -> {
            long id = fresh();
            ann.delegate(id, "ann", "bob");
            equal(Status.Reserved, status(id));
            equal("bob", owner(id));
        });
        report.check("forward", () -> {
            long id = own();
            ann.forward(id, "ann", "bob");
            equal(Status.Ready, status(id));
            equal(null, owner(id));
            bob.claim(id, "bob");
            equal("bob", owner(id));
        });
        report.check("claimNextAvailable", () -> {
            long id = own();
            ann.forward(id, "ann", "bob");
            bob.claimNextAvailable("bob", "en-UK");
            equal("bob", owner(id));
        });
    }

    private void endings(Report report) {
        report.check("complete with results", () -> {
            long id = fresh();
            long instance = ann.getTaskById(id).getTaskData().getProcessInstanceId();
            ann.start(id, "ann");
            ann.complete(id, "ann", map("age", 31));
            equal(Status.Completed, status(id));
            List<String> ages = side.history(side.engine("ann")).variables(instance, "age");
            equal("age=31", ages.get(ages.size() - 1));
        });
        report.check("complete without results", () -> {
            long id = fresh();
            ann.start(id, "ann");
            ann.complete(id, "ann", null);
            equal(Status.Completed, status(id));
        });
        report.check("fail", () -> {
            long id = fresh();
            ann.start(id, "ann");
            ann.fail(id, "ann", map("why", "no"));
            equal(Status.Failed, status(id));
        });
        report.check("skip", () -> {
            long id = fresh();
            ann.skip(id, "ann");
            equal(Status.Obsolete, status(id));
        });
        report.check("exit", () -> {
            long id = fresh();
            boss.exit(id, "boss");
            equal(Status.Exited, status(id));
        });
    }

    private void conflicts(Report report) {
        report.check("claim of another's task", () -> {
            long id = fresh();
            ann.claim(id, "ann");
            fails(() -> bob.claim(id, "bob"), side.refusal());
            equal("ann", owner(id));
        });
        report.check("claim twice", () -> {
            long id = fresh();
            ann.claim(id, "ann");
            fails(() -> ann.claim(id, "ann"), side.refusal());
        });
        report.check("complete what is not begun", () -> {
            long id = fresh();
            fails(() -> ann.complete(id, "ann", map()), side.refusal());
            equal(Status.Ready, status(id));
        });
        report.check("an operation on no task", () ->
                fails(() -> ann.start(999999, "ann"), side.refusal()));
        report.check("exit by somebody who may not", () -> {
            long id = fresh();
            fails(() -> ann.exit(id, "ann"), side.refusal());
        });
        report.check("activate what is ready", () -> {
            long id = fresh();
            fails(() -> boss.activate(id, "boss"), side.refusal());
        });
    }

    private void newTasks(Report report) {
        report.check("addTask", () -> {
            Task pattern = ann.getTaskById(fresh());
            long id = ann.addTask(pattern, map("note", "by hand"));
            Task made = ann.getTaskById(id);
            equal("Review", made.getNames().get(0).getText());
            equal("HR", made.getPeopleAssignments().getPotentialOwners().get(0).getId());
            holds(made.getTaskData().getDocumentContentId() > 0, "a document");
        });
        report.check("nominate and activate want a created task", () -> {
            long id = fresh();
            List<org.kie.api.task.model.OrganizationalEntity> people =
                    ann.getTaskById(id).getPeopleAssignments().getPotentialOwners();
            fails(() -> boss.nominate(id, "boss", people), side.refusal());
            long open = session.startProcess("acme.nobodys").getId();
            long task = boss.getTasksByProcessInstanceId(open).get(0);
            equal(Status.Created, status(task));
            boss.nominate(task, "boss", people);
            equal(Status.Ready, status(task));
            long second = boss.getTasksByProcessInstanceId(
                    session.startProcess("acme.nobodys").getId()).get(0);
            boss.activate(second, "boss");
            equal(Status.Ready, status(second));
        });
        report.check("a task of no process can be done", () -> {
            List<TaskSummary> mine = ann.getTasksAssignedAsPotentialOwner("ann", "en-UK");
            long id = mine.get(0).getId();
            if (status(id) == Status.Ready) {
                ann.start(id, "ann");
                ann.complete(id, "ann", Collections.<String, Object>emptyMap());
                equal(Status.Completed, status(id));
            }
        });
    }
}
