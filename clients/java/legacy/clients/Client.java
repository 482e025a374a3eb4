package clients;

import java.util.List;
import org.kie.api.runtime.manager.RuntimeEngine;
import org.kie.api.task.TaskService;
import org.kie.api.task.model.Status;
import org.kie.api.task.model.TaskSummary;
import org.kie.services.client.api.RemoteRestRuntimeEngineFactory;

/** kie-services-client 6.1. */
final class Client extends Side {

    Client(String url) throws Exception {
        super(url);
    }

    @Override
    int version() {
        return 61;
    }

    @Override
    RuntimeEngine engine(String user, String password, String unit) {
        return new RemoteRestRuntimeEngineFactory(unit, url, user, password, 30).newRuntimeEngine();
    }

    @Override
    RuntimeEngine of(String user, String unit, long instance) throws Exception {
        return RemoteRestRuntimeEngineFactory.newBuilder().addUrl(url).addUserName(user)
                .addPassword(PASSWORD).addDeploymentId(unit).addProcessInstanceId(instance)
                .addTimeout(30).build().newRuntimeEngine();
    }

    @Override
    History history(RuntimeEngine engine) {
        return new Audited(engine.getAuditLogService());
    }

    @Override
    List<TaskSummary> various(TaskService tasks, String user, List<Long> ids, List<Long> instances,
            List<String> owners, List<Status> statuses, boolean union) {
        return null;
    }

    @Override
    String[] refusal() {
        return new String[] {"RemoteApiException", "RemoteCommunicationException"};
    }
}
