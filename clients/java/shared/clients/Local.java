package clients;

import static clients.Report.equal;
import static clients.Report.fails;
import static clients.Sessions.map;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Set;
import org.kie.api.command.Command;
import org.kie.api.runtime.KieSession;
import org.kie.api.task.TaskService;

/** What a client does not send, and commands that are handed to it as they are. */
final class Local {

    private static final Set<String> UNSENT = new HashSet<>(
            Arrays.asList("addContent", "deleteContent", "getAllContentByTaskId"));
    private static final String COMMAND = "org.drools.core.command.runtime.process.GetProcessInstanceCommand";

    static void run(Side side, Report report) throws Exception {
        KieSession session = side.engine("boss").getKieSession();
        if (side.version() > 61) { // the first clients send it
            report.check("insert is refused by the client", () -> fails(() -> session.insert("fact")));
        }
        report.check("delete is refused by the client", () -> fails(() -> session.delete(null)));
        report.check("update is refused by the client", () -> fails(() -> session.update(null, "fact")));
        TaskService tasks = side.engine("ann").getTaskService();
        for (Class<?> type : tasks.getClass().getInterfaces()) {
            for (Method method : type.getMethods()) {
                if (UNSENT.contains(method.getName())) {
                    report.check(method.getName() + " fails before anything is sent", () ->
                            fails(() -> call(method, tasks)));
                }
            }
        }
        if (side.version() < 62) { // later clients send generated classes only
            report.check("execute(command)", () -> {
                long id = session.startProcess("acme.waiting", map()).getId();
                Command<?> command = (Command<?>) Class.forName(COMMAND).getConstructor(Long.class).newInstance(id);
                Object found = session.execute(command);
                equal(id, ((org.kie.api.runtime.process.ProcessInstance) found).getId());
            });
        } else {
            report.check("execute(command) is refused by the client if it is not a generated one", () ->
                    fails(() -> session.execute((Command<Object>) null)));
        }
    }

    /** The method with a number, a map or nothing, as its parameters want it. */
    private static void call(Method method, TaskService tasks) throws Exception {
        Class<?>[] types = method.getParameterTypes();
        Object[] values = new Object[types.length];
        for (int n = 0; n < types.length; n++) {
            values[n] = types[n] == long.class ? (Object) 1L
                    : types[n] == java.util.Map.class ? new HashMap<>(Collections.singletonMap("a", 1)) : null;
        }
        try {
            method.invoke(tasks, values);
        } catch (InvocationTargetException failure) {
            throw (Exception) failure.getCause();
        }
    }
}
