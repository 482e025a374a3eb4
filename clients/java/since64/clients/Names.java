package clients;

import static clients.Report.equal;
import static clients.Report.fails;
import static clients.Sessions.map;

import org.kie.api.task.TaskService;
import org.kie.api.task.model.Status;

/** Commands in another's name, which clients of 6.4 and later can be told to send. */
final class Names {

    static void run(Side side, Report report) throws Exception {
        TaskService ann = side.engine("ann").getTaskService();
        long instance = side.engine("ann").getKieSession().startProcess("acme.hiring", map()).getId();
        long task = ann.getTasksByProcessInstanceId(instance).get(0);
        TaskService careless = ((Client) side).builder("ann", Side.PASSWORD, Side.UNIT)
                .disableTaskSecurity().build().getTaskService();

        report.check("the client refuses another's name", () ->
                fails(() -> ann.claim(task, "boss"), "RemoteApiException", "RemoteTaskException"));
        report.check("and the server does if the client does not", () -> {
            fails(() -> careless.claim(task, "boss"), "RemoteTaskException");
            equal(Status.Ready, ann.getTaskById(task).getTaskData().getStatus());
        });
    }
}
