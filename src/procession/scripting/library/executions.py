"""``execution``: what files of Camunda, Activiti and Flowable call the instance they run in."""

from __future__ import annotations

from typing import Final

from procession.core.ports import UNDEFINED
from procession.scripting.frame import Frame
from procession.scripting.freezing import thaw
from procession.scripting.library.arguments import text
from procession.scripting.library.table import JavaClass
from procession.values import Map, Value


class Execution:
    """The one object; it holds nothing."""

    __slots__ = ()
    type_name = "org.camunda.bpm.engine.delegate.DelegateExecution"


EXECUTION: Final = Execution()


def execution(f: Frame) -> Value:
    """The value of ``execution``."""
    return EXECUTION


def _set(f: Frame, o: Value, name: Value, value: Value) -> None:
    f.set_variable(text(name), value)


def _has(f: Frame, o: Value, name: Value) -> bool:
    return text(name) in f.current or f.resolve(text(name)) is not UNDEFINED


EXECUTION_CLASS: Final = JavaClass(Execution.type_name, Execution, doc="execution in JUEL")
EXECUTION_CLASS.all(
    {
        "Object getVariable(String)": lambda f, o, name: f.get_variable(text(name)),
        "Object getVariableLocal(String)": lambda f, o, name: f.get_variable(text(name)),
        "void setVariable(String, Object)": _set,
        "void setVariableLocal(String, Object)": _set,
        "void removeVariable(String)": lambda f, o, name: _set(f, o, name, None),
        "boolean hasVariable(String)": _has,
        "Map getVariables()": lambda f, o: thaw(Map(f.context.process_variables()), f),
        "String getId()": lambda f, o: str(f.context.instance),
        "String getProcessInstanceId()": lambda f, o: str(f.context.instance),
        "String getProcessBusinessKey()": lambda f, o: f.context.correlation_key,
        "String getBusinessKey()": lambda f, o: f.context.correlation_key,
        "String getProcessDefinitionId()": lambda f, o: f.context.process,
        "String getCurrentActivityId()": lambda f, o: f.context.node,
        "String getCurrentActivityName()": lambda f, o: f.context.node_name,
    }
)
CLASSES: Final = [EXECUTION_CLASS]
