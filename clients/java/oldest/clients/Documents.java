package clients;

import java.util.Map;
import org.jbpm.services.task.utils.ContentMarshallerHelper;
import org.kie.api.task.TaskService;

/** A task's input document: clients of 6.0.1 get its bytes and read them with the engine's helper. */
final class Documents {

    @SuppressWarnings("unchecked")
    static Map<String, Object> content(TaskService tasks, long task) {
        long number = tasks.getTaskById(task).getTaskData().getDocumentContentId();
        byte[] bytes = tasks.getContentById(number).getContent();
        return (Map<String, Object>) ContentMarshallerHelper.unmarshall(bytes, null);
    }
}
