package clients;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jbpm.process.audit.AuditLogService;
import org.jbpm.process.audit.NodeInstanceLog;
import org.jbpm.process.audit.ProcessInstanceLog;
import org.jbpm.process.audit.VariableInstanceLog;

/** The audit service of 6.0. */
final class Audited implements History {

    private final AuditLogService service;

    Audited(AuditLogService service) {
        this.service = service;
    }

    /** What was found; this client answers an empty list with a null pointer. */
    private static <T> List<T> listed(Supplier<List<T>> question) {
        try {
            return question.get();
        } catch (NullPointerException empty) {
            return new ArrayList<>();
        }
    }

    private static List<Long> ids(List<ProcessInstanceLog> logs) {
        List<Long> found = new ArrayList<>();
        for (ProcessInstanceLog log : logs) {
            found.add(log.getProcessInstanceId());
        }
        return found;
    }

    private static List<String> nodesOf(List<NodeInstanceLog> logs) {
        List<String> found = new ArrayList<>();
        for (NodeInstanceLog log : logs) {
            found.add(log.getNodeId() + ":" + log.getType());
        }
        return found;
    }

    private static List<String> variablesOf(List<VariableInstanceLog> logs) {
        List<String> found = new ArrayList<>();
        for (VariableInstanceLog log : logs) {
            found.add(log.getVariableId() + "=" + log.getValue());
        }
        return found;
    }

    @Override
    public List<Long> instances() {
        return ids(listed(() -> service.findProcessInstances()));
    }

    @Override
    public List<Long> instances(String process) {
        return ids(listed(() -> service.findProcessInstances(process)));
    }

    @Override
    public List<Long> active(String process) {
        return ids(listed(() -> service.findActiveProcessInstances(process)));
    }

    @Override
    public Integer status(long instance) {
        ProcessInstanceLog found = service.findProcessInstance(instance);
        return found == null ? null : found.getStatus();
    }

    @Override
    public List<Long> children(long instance) {
        return ids(listed(() -> service.findSubProcessInstances(instance)));
    }

    @Override
    public List<String> nodes(long instance) {
        return nodesOf(listed(() -> service.findNodeInstances(instance)));
    }

    @Override
    public List<String> nodes(long instance, String node) {
        return nodesOf(listed(() -> service.findNodeInstances(instance, node)));
    }

    @Override
    public List<String> variables(long instance) {
        return variablesOf(listed(() -> service.findVariableInstances(instance)));
    }

    @Override
    public List<String> variables(long instance, String name) {
        return variablesOf(listed(() -> service.findVariableInstances(instance, name)));
    }

    @Override
    public List<String> named(String name, boolean active) {
        return variablesOf(listed(() -> service.findVariableInstancesByName(name, active)));
    }

    @Override
    public List<String> valued(String name, String value, boolean active) {
        return variablesOf(listed(() -> service.findVariableInstancesByNameAndValue(name, value, active)));
    }

    @Override
    public void clear() {
        service.clear();
    }
}
