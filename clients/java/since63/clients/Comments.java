package clients;

import static clients.Report.equal;
import static clients.Report.fails;
import static clients.Report.holds;
import static clients.Sessions.map;

import java.util.Date;
import java.util.List;
import org.kie.api.task.TaskService;
import org.kie.api.task.model.Comment;

/** What clients of 6.3 and later add: comments, expiration, tasks by process. */
final class Comments {

    static void run(Side side, Report report) throws Exception {
        TaskService ann = side.engine("ann").getTaskService();
        long instance = side.engine("ann").getKieSession().startProcess("acme.hiring", map()).getId();
        long task = ann.getTasksByProcessInstanceId(instance).get(0);

        report.check("addComment, getAllCommentsByTaskId, getCommentById, deleteComment", () -> {
            long id = ann.addComment(task, "ann", "well done");
            List<Comment> all = ann.getAllCommentsByTaskId(task);
            equal(1, all.size());
            equal("well done", all.get(0).getText());
            equal("ann", all.get(0).getAddedBy().getId());
            equal("well done", ann.getCommentById(id).getText());
            ann.deleteComment(task, id);
            equal(0, ann.getAllCommentsByTaskId(task).size());
            equal(null, ann.getCommentById(id));
        });
        report.check("setExpirationDate is sent without its task", () ->
                fails(() -> ann.setExpirationDate(task, new Date()), side.refusal()));
        report.check("getTasksAssignedAsPotentialOwnerByProcessId", () -> {
            holds(Lists.ids(ann.getTasksAssignedAsPotentialOwnerByProcessId("ann", "acme.hiring"))
                    .contains(task), "the task");
            equal(0, ann.getTasksAssignedAsPotentialOwnerByProcessId("ann", "no.such").size());
        });
        report.check("getTasksAssignedAsPotentialOwner of groups, in parts", () -> {
            List<Long> all = Lists.ids(ann.getTasksAssignedAsPotentialOwner("ann", "en-UK"));
            List<Long> part = Lists.ids(ann.getTasksAssignedAsPotentialOwner(
                    "ann", java.util.Collections.singletonList("HR"), "en-UK", 1, 2));
            equal(all.subList(1, 3), part);
        });
    }
}
