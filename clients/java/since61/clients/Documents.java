package clients;

import java.util.Map;
import org.kie.api.task.TaskService;

/** A task's input document, as clients of 6.1 and later ask for it. */
final class Documents {

    static Map<String, Object> content(TaskService tasks, long task) {
        return tasks.getTaskContent(task);
    }
}
