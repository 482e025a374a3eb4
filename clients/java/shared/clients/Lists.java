package clients;

import static clients.Report.equal;
import static clients.Report.holds;
import static clients.Sessions.map;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.kie.api.runtime.KieSession;
import org.kie.api.task.TaskService;
import org.kie.api.task.model.Status;
import org.kie.api.task.model.TaskSummary;

/** Lists of tasks. */
final class Lists {

    static List<Long> ids(List<TaskSummary> found) {
        List<Long> ids = new ArrayList<>();
        for (TaskSummary one : found) {
            ids.add(one.getId());
        }
        return ids;
    }

    static void run(Side side, Report report) throws Exception {
        KieSession session = side.engine("ann").getKieSession();
        TaskService ann = side.engine("ann").getTaskService();
        TaskService boss = side.engine("boss").getTaskService();
        long instance = session.startProcess("acme.hiring", map("name", "Bo")).getId();
        long ready = ann.getTasksByProcessInstanceId(instance).get(0);
        long other = session.startProcess("acme.hiring", map("name", "Cy")).getId();
        long mine = ann.getTasksByProcessInstanceId(other).get(0);
        ann.claim(mine, "ann");

        report.check("getTasksByProcessInstanceId", () -> {
            equal(Collections.singletonList(ready), ann.getTasksByProcessInstanceId(instance));
            List<Long> none = ann.getTasksByProcessInstanceId(999999);
            holds(none == null || none.isEmpty(), "no task");
        });
        report.check("getTasksAssignedAsPotentialOwner", () -> {
            List<TaskSummary> found = ann.getTasksAssignedAsPotentialOwner("ann", "en-UK");
            List<Long> ids = ids(found);
            holds(ids.containsAll(Arrays.asList(ready, mine)), "both tasks in " + ids);
            List<Long> newestFirst = new ArrayList<>(ids);
            newestFirst.sort(Collections.reverseOrder());
            equal(newestFirst, ids);
            TaskSummary one = found.get(ids.indexOf(mine));
            equal("Review", one.getName());
            equal(Status.Reserved, one.getStatus());
            equal("ann", one.getActualOwner().getId());
            equal(other, one.getProcessInstanceId());
            equal("acme.hiring", one.getProcessId());
        });
        report.check("getTasksAssignedAsPotentialOwnerByStatus", () -> {
            List<Long> found = ids(ann.getTasksAssignedAsPotentialOwnerByStatus(
                    "ann", Collections.singletonList(Status.Ready), "en-UK"));
            holds(found.contains(ready) && !found.contains(mine), "the ready one only in " + found);
        });
        report.check("getTasksAssignedAsBusinessAdministrator", () ->
                holds(ids(boss.getTasksAssignedAsBusinessAdministrator("boss", "en-UK")).contains(ready), "the task"));
        report.check("getTasksOwned", () -> {
            List<Long> found = ids(ann.getTasksOwned("ann", "en-UK"));
            holds(found.contains(mine) && !found.contains(ready), "the claimed one only in " + found);
        });
        report.check("getTasksOwnedByStatus", () -> {
            holds(ids(ann.getTasksOwnedByStatus("ann", Collections.singletonList(Status.Reserved), "en-UK"))
                    .contains(mine), "the claimed one");
            holds(!ids(ann.getTasksOwnedByStatus("ann", Collections.singletonList(Status.Suspended), "en-UK"))
                    .contains(mine), "not the claimed one");
        });
        report.check("getTasksByStatusByProcessInstanceId", () -> {
            equal(Collections.singletonList(ready), ids(ann.getTasksByStatusByProcessInstanceId(
                    instance, Collections.singletonList(Status.Ready), "en-UK")));
            equal(Collections.emptyList(), ann.getTasksByStatusByProcessInstanceId(
                    instance, Collections.singletonList(Status.Completed), "en-UK"));
        });
        if (side.version() >= 62) { // those before do not send it
            various(side, report, ann, instance, ready, mine);
        }
    }

    private static void various(Side side, Report report, TaskService ann, long instance, long ready, long mine) {
        List<String> owner = Collections.singletonList("ann");
        report.check("getTasksByVariousFields, all of them", () -> {
            equal(Collections.singletonList(mine), ids(side.various(
                    ann, "ann", Arrays.asList(ready, mine), null, owner, null, false)));
            equal(Collections.singletonList(ready), ids(side.various(
                    ann, "ann", null, Collections.singletonList(instance), null,
                    Collections.singletonList(Status.Ready), false)));
        });
        report.check("getTasksByVariousFields, any of them", () -> {
            List<Long> found = ids(side.various(
                    ann, "ann", Collections.singletonList(ready), null, owner, null, true));
            holds(found.containsAll(Arrays.asList(ready, mine)), "both in " + found);
            List<Long> oldestFirst = new ArrayList<>(found);
            Collections.sort(oldestFirst);
            equal(oldestFirst, found);
        });
    }
}
