package clients;

import java.util.List;
import org.kie.api.runtime.manager.RuntimeEngine;
import org.kie.api.task.TaskService;
import org.kie.api.task.model.Status;
import org.kie.api.task.model.TaskSummary;
import org.kie.remote.client.api.RemoteRestRuntimeEngineBuilder;
import org.kie.services.client.api.RemoteRuntimeEngineFactory;

/** kie-remote-client 6.2 to 6.5. */
final class Client extends Side {

    Client(String url) throws Exception {
        super(url);
    }

    @Override
    int version() {
        return Integer.getInteger("client.version");
    }

    RemoteRestRuntimeEngineBuilder builder(String user, String password, String unit) {
        return RemoteRuntimeEngineFactory.newRestBuilder().addUrl(url).addUserName(user)
                .addPassword(password).addDeploymentId(unit).addTimeout(30)
                .addExtraJaxbClasses(Person.class);
    }

    @Override
    RuntimeEngine engine(String user, String password, String unit) {
        return builder(user, password, unit).build();
    }

    @Override
    RuntimeEngine of(String user, String unit, long instance) {
        return builder(user, PASSWORD, unit).addProcessInstanceId(instance).build();
    }

    @Override
    History history(RuntimeEngine engine) {
        return new Audited(engine.getAuditService());
    }

    @Override
    List<TaskSummary> various(TaskService tasks, String user, List<Long> ids, List<Long> instances,
            List<String> owners, List<Status> statuses, boolean union) {
        return tasks.getTasksByVariousFields(
                user, null, ids, instances, null, null, owners, statuses, null, union);
    }

    @Override
    String[] refusal() {
        return new String[] {"RemoteApiException"};
    }
}
