"""``kcontext`` and what hangs on it (2.8).

These objects hold nothing: what they are asked they answer from the frame, what they are told
becomes a change or a :class:`~procession.core.ports.Wish`. A wish to complete or abort a work item
carries its number in ``instance``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Never

from procession.scripting.frame import Frame, as_map
from procession.scripting.freezing import thaw
from procession.scripting.library import case_data
from procession.scripting.library.arguments import integer, mismatch, text
from procession.scripting.library.facts import HANDLE, ScriptFacts
from procession.scripting.library.kie_functions import KIE
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.objects import HASH_MAP, ListObject, MapObject
from procession.scripting.throwables import throw
from procession.values import EMPTY, Long, Map, Value

ABORTED: Final = 3


class HostObject:
    """An object that only speaks for the frame."""

    __slots__ = ()
    type_name = "org.kie.api.runtime.process.ProcessContext"

    def shown(self) -> str:
        """What it prints as."""
        return self.type_name


class Context(HostObject):
    """``kcontext``."""

    __slots__ = ()


class ProcessInstance(HostObject):
    """This process instance."""

    __slots__ = ()
    type_name = "org.jbpm.ruleflow.instance.RuleFlowProcessInstance"


class StartedInstance(HostObject):
    """A process instance that will be started when the turn goes on; it has no number yet."""

    __slots__ = ("process",)
    type_name = "org.jbpm.ruleflow.instance.RuleFlowProcessInstance"

    def __init__(self, process: str) -> None:
        self.process = process


class NodeInstance(HostObject):
    """The element instance that the script belongs to."""

    __slots__ = ()
    type_name = "org.jbpm.workflow.instance.NodeInstance"


class Node(HostObject):
    """The flow node that the script belongs to."""

    __slots__ = ()
    type_name = "org.kie.api.definition.process.Node"


class Process(HostObject):
    """The process definition."""

    __slots__ = ()
    type_name = "org.kie.api.definition.process.Process"


class Session(HostObject):
    """``getKieRuntime()``."""

    __slots__ = ()
    type_name = "org.kie.api.runtime.KieSession"


class WorkItems(HostObject):
    """``getWorkItemManager()``."""

    __slots__ = ()
    type_name = "org.kie.api.runtime.process.WorkItemManager"


_CONTEXT, _INSTANCE, _NODE_INSTANCE = Context(), ProcessInstance(), NodeInstance()
_NODE, _PROCESS, _SESSION, _WORK_ITEMS = Node(), Process(), Session(), WorkItems()


def KCONTEXT(f: Frame) -> Value:  # noqa: N802
    """The value of ``kcontext`` and ``context``."""
    return _CONTEXT


template_names: Final[dict[str, Callable[[Frame], Value]]] = {
    "processInstance": lambda f: _INSTANCE,
    "nodeInstance": lambda f: _NODE_INSTANCE,
}


def _set_variable(f: Frame, owner: Value, name: Value, value: Value) -> None:
    f.set_variable(text(name), value)


def _signal(instance: int) -> Function:
    def signal(f: Frame, owner: Value, name: Value, value: Value = None) -> None:
        f.wish("signal", text(name), value, instance)

    return signal


def _signal_to(f: Frame, owner: Value, name: Value, value: Value, instance: Value) -> None:
    f.wish("signal", text(name), value, integer(instance))


def _start(f: Frame, owner: Value, name: Value, variables: Value = None) -> StartedInstance:
    if variables is not None and not isinstance(variables, MapObject):
        raise mismatch("a Map", variables)
    process = text(name)
    f.wish("start", process, EMPTY if variables is None else as_map(variables, f))
    return StartedInstance(process)


def _abort(f: Frame, owner: Value, instance: Value) -> None:
    f.wish("abort", "", None, integer(instance))


def _set_state(f: Frame, owner: Value, state: Value) -> None:
    if integer(state) != ABORTED:
        raise throw("UnsupportedOperationException", "setState: only 3, aborted, can be set here")
    f.wish("abort", "", None, -1)


def _instance(f: Frame, owner: Value, number: Value) -> ProcessInstance:
    if integer(number) != f.context.instance:
        what = "getProcessInstance: a script sees only the process instance it belongs to"
        raise throw("UnsupportedOperationException", what)
    return _INSTANCE


def _complete(f: Frame, owner: Value, number: Value, results: Value = None) -> None:
    f.wish("complete_work_item", "", as_map(results, f), integer(number))


def _abort_item(f: Frame, owner: Value, number: Value) -> None:
    f.wish("abort_work_item", "", None, integer(number))


def _instance_metadata(f: Frame, owner: Value) -> Value:
    known = dict(f.context.metadata)
    if f.context.parent_instance:
        known["ParentProcessInstanceId"] = Long(f.context.parent_instance)
    return thaw(Map(known), f)


def _context_data(f: Frame, owner: Value) -> MapObject:
    """A map that lasts as long as the script."""
    if f.context_data is None:
        f.context_data = MapObject(HASH_MAP)
    found: MapObject = f.context_data
    return found


def _node_metadata(f: Frame, owner: Value) -> Value:
    return thaw(Map({"UniqueId": f.context.node, **f.context.node_metadata}), f)


def _memory(f: Frame) -> Any:
    host: Any = getattr(f.context, "memory", None)
    if host is None and f.context.rules is not None:
        host = ScriptFacts(f, f.context.rules)
    if host is None:
        what = "there is no working memory here (insert, update, delete, rules)"
        raise throw("UnsupportedOperationException", what)
    return host


def _insert(f: Frame, owner: Value, fact: Value) -> Value:
    f.allocate(8)
    return _memory(f).insert(fact)


def _insert_logical(f: Frame, owner: Value, fact: Value) -> Value:
    f.allocate(8)
    return _memory(f).insert(fact, "", True)


def _update(f: Frame, owner: Value, target: Value, fact: Value = None) -> None:
    memory = _memory(f)
    if isinstance(memory, ScriptFacts):
        memory.update(target, fact)
    else:
        memory.update(target)


def _delete(f: Frame, owner: Value, target: Value) -> None:
    _memory(f).delete(target)


def _fire(f: Frame, owner: Value, limit: Value = -1) -> Value:
    return _memory(f).control("fire", limit)


def _no_number(f: Frame, owner: Value) -> Never:
    what = "getId: a process started by a script gets its number when the turn goes on"
    raise throw("UnsupportedOperationException", what)


_VARIABLES: Final[dict[str, Function]] = {
    "Object getVariable(String)": lambda f, o, name: f.get_variable(text(name)),
    "void setVariable(String, Object)": _set_variable,
}
KCONTEXT_CLASS: Final = JavaClass(HostObject.type_name, Context, doc="kcontext and context")
KCONTEXT_CLASS.all(
    {
        **_VARIABLES,
        "WorkflowProcessInstance getProcessInstance()": lambda f, o: _INSTANCE,
        "NodeInstance getNodeInstance()": lambda f, o: _NODE_INSTANCE,
        "KieSession getKieRuntime()": lambda f, o: _SESSION,
        "KieSession getKnowledgeRuntime()": lambda f, o: _SESSION,
        "Map getContextData()": _context_data,
        "Object getCaseData(String)": case_data.get_data,
        "CaseData getCaseData()": lambda f, o: case_data.CASE,
        "void setCaseData(String, Object)": case_data.set_data,
        "CaseAssignment getCaseAssignment()": case_data.no_roles,
    }
)
INSTANCE: Final = JavaClass(
    "org.kie.api.runtime.process.WorkflowProcessInstance",
    ProcessInstance,
    parents=("org.kie.api.runtime.process.ProcessInstance", ProcessInstance.type_name),
    doc="this process instance",
)
INSTANCE.all(
    {
        **_VARIABLES,
        "long getId()": lambda f, o: Long(f.context.instance),
        "String getProcessId()": lambda f, o: f.context.process,
        "String getProcessName()": lambda f, o: f.context.process_name,
        "int getState()": lambda f, o: f.context.status,
        "long getParentProcessInstanceId()": lambda f, o: Long(f.context.parent_instance),
        "Map getMetaData()": _instance_metadata,
        "void signalEvent(String, Object)": _signal(-1),
        "void setState(int)": _set_state,
        "List getNodeInstances()": lambda f, o: ListObject([_NODE_INSTANCE]),
        "Process getProcess()": lambda f, o: _PROCESS,
        "String getOutcome()": lambda f, o: None,
        "String getDeploymentId()": lambda f, o: f.context.deployment,
        "String getCorrelationKey()": lambda f, o: f.context.correlation_key,
        "Collection getNodeInstances(boolean)": lambda f, o, deep: ListObject([_NODE_INSTANCE]),
        "Map getVariables()": lambda f, o: thaw(Map(f.context.process_variables()), f),
    }
)
STARTED: Final = JavaClass(
    "org.kie.api.runtime.process.ProcessInstance", StartedInstance, doc="what startProcess gives"
)
STARTED.all({"String getProcessId()": lambda f, o: o.process, "long getId()": _no_number})
NODE_INSTANCE: Final = JavaClass(
    "org.kie.api.runtime.process.NodeInstance", NodeInstance, doc="the element instance"
)
NODE_INSTANCE.all(
    {
        **_VARIABLES,
        "long getId()": lambda f, o: Long(f.context.node_instance),
        "String getNodeId()": lambda f, o: f.context.node,
        "String getNodeName()": lambda f, o: f.context.node_name,
        "String getNodeDefinitionId()": lambda f, o: f.context.node,
        "Map getMetaData()": _node_metadata,
        "Node getNode()": lambda f, o: _NODE,
        "WorkflowProcessInstance getProcessInstance()": lambda f, o: _INSTANCE,
        "WorkflowProcessInstance getNodeInstanceContainer()": lambda f, o: _INSTANCE,
    }
)
NODE: Final = JavaClass("org.kie.api.definition.process.Node", Node, doc="the flow node")
NODE.all(
    {
        "String getId()": lambda f, o: f.context.node,
        "String getName()": lambda f, o: f.context.node_name,
        "Map getMetaData()": _node_metadata,
    }
)
PROCESS: Final = JavaClass("org.kie.api.definition.process.Process", Process, doc="the definition")
PROCESS.all(
    {
        "String getId()": lambda f, o: f.context.process,
        "String getName()": lambda f, o: f.context.process_name,
        "String getVersion()": lambda f, o: f.context.process_version,
        "Map getMetaData()": lambda f, o: thaw(f.context.metadata, f),
    }
)
SESSION: Final = JavaClass(
    Session.type_name,
    Session,
    parents=("org.kie.api.runtime.KieRuntime", "org.drools.runtime.StatefulKnowledgeSession"),
    doc="getKieRuntime() and getKnowledgeRuntime()",
)
SESSION.all(
    {
        "ProcessInstance startProcess(String)": _start,
        "ProcessInstance startProcess(String, Map)": _start,
        "void signalEvent(String, Object)": _signal(0),
        "void signalEvent(String, Object, long)": _signal_to,
        "WorkflowProcessInstance getProcessInstance(long)": _instance,
        "void abortProcessInstance(long)": _abort,
        "Object getGlobal(String)": case_data.get_global,
        "void setGlobal(String, Object)": case_data.set_global,
        "Globals getGlobals()": lambda f, o: case_data.GLOBALS,
        "Environment getEnvironment()": lambda f, o: case_data.ENVIRONMENT,
        "WorkItemManager getWorkItemManager()": lambda f, o: _WORK_ITEMS,
        "int getId()": lambda f, o: 1,
        "long getIdentifier()": lambda f, o: Long(1),
        "FactHandle insert(Object)": _insert,
        "void update(Object, Object)": _update,
        "void delete(Object)": _delete,
        "void retract(Object)": _delete,
        "int fireAllRules()": _fire,
        "int fireAllRules(int)": _fire,
        "Collection getObjects()": lambda f, o: ListObject(_memory(f).objects()),
    }
)
WORK_ITEMS: Final = JavaClass(WorkItems.type_name, WorkItems, doc="getWorkItemManager()")
WORK_ITEMS.all(
    {
        "void completeWorkItem(long, Map)": _complete,
        "void abortWorkItem(long)": _abort_item,
    }
)
FUNCTIONS: Final[dict[tuple[str, int], Function]] = {
    ("insert", 1): _insert,
    ("insertLogical", 1): _insert_logical,
    ("update", 1): _update,
    ("update", 2): _update,
    ("modify", 1): _update,
    ("retract", 1): _delete,
    ("delete", 1): _delete,
}
"""Functions without an object that refer to the working memory; they are given None as theirs."""
CLASSES: Final = [
    *case_data.CLASSES,
    HANDLE,
    KCONTEXT_CLASS,
    INSTANCE,
    STARTED,
    NODE_INSTANCE,
    NODE,
    PROCESS,
    SESSION,
    WORK_ITEMS,
    KIE,
]
