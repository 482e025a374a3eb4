package clients;

import java.util.List;
import org.kie.api.runtime.manager.RuntimeEngine;
import org.kie.api.task.TaskService;
import org.kie.api.task.model.Status;
import org.kie.api.task.model.TaskSummary;
import org.kie.internal.runtime.manager.context.ProcessInstanceIdContext;
import org.kie.services.client.api.RemoteRestRuntimeFactory;
import org.kie.services.client.api.command.RemoteConfiguration;
import org.kie.services.client.api.command.RemoteRuntimeEngine;

/** kie-services-client 6.0. */
final class Client extends Side {

    Client(String url) throws Exception {
        super(url);
    }

    @Override
    int version() {
        return 60;
    }

    @Override
    RuntimeEngine engine(String user, String password, String unit) {
        return new RemoteRestRuntimeFactory(unit, url, user, password).newRuntimeEngine();
    }

    @Override
    RuntimeEngine of(String user, String unit, long instance) throws Exception {
        RemoteConfiguration configuration = new RemoteConfiguration(unit, url, user, PASSWORD);
        configuration.setContext(ProcessInstanceIdContext.get(instance));
        return new RemoteRuntimeEngine(configuration);
    }

    @Override
    History history(RuntimeEngine engine) {
        return new Audited(((RemoteRuntimeEngine) engine).getAuditLogService());
    }

    @Override
    List<TaskSummary> various(TaskService tasks, String user, List<Long> ids, List<Long> instances,
            List<String> owners, List<Status> statuses, boolean union) {
        return null;
    }

    @Override
    String[] refusal() {
        return new String[] {"RuntimeException", "RemoteRuntimeException"};
    }
}
