package clients;

import static clients.Report.equal;
import static clients.Report.holds;

import java.util.Collections;
import org.kie.api.task.TaskService;

/** What clients of 6.5 add. */
final class Groups {

    static void run(Side side, Report report) throws Exception {
        TaskService ann = side.engine("ann").getTaskService();
        report.check("getTasksByGroup", () -> {
            holds(!ann.getTasksByGroup(Collections.singletonList("HR")).isEmpty(), "tasks of HR");
            equal(0, ann.getTasksByGroup(Collections.singletonList("nobody")).size());
        });
    }
}
