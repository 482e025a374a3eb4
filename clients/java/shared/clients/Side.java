package clients;

import java.net.URL;
import java.util.List;
import org.kie.api.runtime.manager.RuntimeEngine;
import org.kie.api.task.TaskService;
import org.kie.api.task.model.Status;
import org.kie.api.task.model.TaskSummary;

/** What differs between the generations of clients; each has a class Client that says how. */
abstract class Side {

    static final String UNIT = "com.acme:hr:1.0";
    static final String PER_REQUEST = "com.acme:hr:request";
    static final String PER_INSTANCE = "com.acme:hr:instance";
    static final String PASSWORD = "correct horse battery";

    final URL url;

    Side(String url) throws Exception {
        this.url = new URL(url);
    }

    /** The client's version, as 60 to 65. */
    abstract int version();

    abstract RuntimeEngine engine(String user, String password, String unit) throws Exception;

    /** A client whose session is that of one instance. */
    abstract RuntimeEngine of(String user, String unit, long instance) throws Exception;

    abstract History history(RuntimeEngine engine);

    /** Tasks by several criteria; a client without this call answers null. */
    abstract List<TaskSummary> various(TaskService tasks, String user, List<Long> ids,
            List<Long> instances, List<String> owners, List<Status> statuses, boolean union);

    /** The names of the errors by which this client tells that the server refused. */
    abstract String[] refusal();

    RuntimeEngine engine(String user) throws Exception {
        return engine(user, PASSWORD, UNIT);
    }
}
