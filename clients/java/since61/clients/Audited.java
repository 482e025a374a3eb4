package clients;

import java.util.ArrayList;
import java.util.List;
import org.kie.api.runtime.manager.audit.AuditService;
import org.kie.api.runtime.manager.audit.NodeInstanceLog;
import org.kie.api.runtime.manager.audit.ProcessInstanceLog;
import org.kie.api.runtime.manager.audit.VariableInstanceLog;

/** The audit service of 6.1 and later. */
final class Audited implements History {

    private final AuditService service;

    Audited(AuditService service) {
        this.service = service;
    }

    private static List<Long> ids(List<? extends ProcessInstanceLog> logs) {
        List<Long> found = new ArrayList<>();
        for (ProcessInstanceLog log : logs) {
            found.add(log.getProcessInstanceId());
        }
        return found;
    }

    private static List<String> nodesOf(List<? extends NodeInstanceLog> logs) {
        List<String> found = new ArrayList<>();
        for (NodeInstanceLog log : logs) {
            found.add(log.getNodeId() + ":" + log.getType());
        }
        return found;
    }

    private static List<String> variablesOf(List<? extends VariableInstanceLog> logs) {
        List<String> found = new ArrayList<>();
        for (VariableInstanceLog log : logs) {
            found.add(log.getVariableId() + "=" + log.getValue());
        }
        return found;
    }

    @Override
    public List<Long> instances() {
        return ids(service.findProcessInstances());
    }

    @Override
    public List<Long> instances(String process) {
        return ids(service.findProcessInstances(process));
    }

    @Override
    public List<Long> active(String process) {
        return ids(service.findActiveProcessInstances(process));
    }

    @Override
    public Integer status(long instance) {
        ProcessInstanceLog found = service.findProcessInstance(instance);
        return found == null ? null : found.getStatus();
    }

    @Override
    public List<Long> children(long instance) {
        return ids(service.findSubProcessInstances(instance));
    }

    @Override
    public List<String> nodes(long instance) {
        return nodesOf(service.findNodeInstances(instance));
    }

    @Override
    public List<String> nodes(long instance, String node) {
        return nodesOf(service.findNodeInstances(instance, node));
    }

    @Override
    public List<String> variables(long instance) {
        return variablesOf(service.findVariableInstances(instance));
    }

    @Override
    public List<String> variables(long instance, String name) {
        return variablesOf(service.findVariableInstances(instance, name));
    }

    @Override
    public List<String> named(String name, boolean active) {
        return variablesOf(service.findVariableInstancesByName(name, active));
    }

    @Override
    public List<String> valued(String name, String value, boolean active) {
        return variablesOf(service.findVariableInstancesByNameAndValue(name, value, active));
    }

    @Override
    public void clear() {
        service.clear();
    }
}
