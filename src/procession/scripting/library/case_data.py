"""What newer models ask of ``kcontext``: case data, the environment, the globals as an object.

Case data are the variables whose names begin with ``caseFile_``; roles of a case are not kept here.
"""

from __future__ import annotations

from typing import Final, Never

from procession.core.ports import UNDEFINED
from procession.scripting.frame import Frame
from procession.scripting.freezing import thaw
from procession.scripting.library.arguments import text
from procession.scripting.library.table import JavaClass
from procession.scripting.throwables import throw
from procession.values import Map, Value

PREFIX: Final = "caseFile_"


class CaseFile:
    """``kcontext.getCaseData()``."""

    __slots__ = ()
    type_name = "org.kie.api.runtime.process.CaseData"


class Environment:
    """``getKieRuntime().getEnvironment()``: there is nothing in it."""

    __slots__ = ()
    type_name = "org.kie.api.runtime.Environment"


class Globals:
    """``getKieRuntime().getGlobals()``."""

    __slots__ = ()
    type_name = "org.kie.api.runtime.Globals"


CASE, ENVIRONMENT, GLOBALS = CaseFile(), Environment(), Globals()


def get_data(f: Frame, owner: Value, name: Value) -> Value:
    """One value of the case."""
    return f.get_variable(PREFIX + text(name))


def set_data(f: Frame, owner: Value, name: Value, value: Value) -> None:
    """Set one value of the case."""
    f.set_variable(PREFIX + text(name), value)


def all_data(f: Frame, owner: Value) -> Value:
    """All values of the case by name."""
    found = {
        name.removeprefix(PREFIX): value
        for name, value in f.context.process_variables().items()
        if name.startswith(PREFIX)
    }
    for name, (_, value) in f.current.items():
        if name.startswith(PREFIX):
            found[name.removeprefix(PREFIX)] = value
    return thaw(Map(found), f)


def no_roles(f: Frame, owner: Value) -> Never:
    """Who plays which role in a case is not known."""
    what = "getCaseAssignment: roles of cases are not kept here"
    raise throw("UnsupportedOperationException", what)


def get_global(f: Frame, owner: Value, name: Value) -> Value:
    """A global by its name, null where there is none."""
    value = f.global_value(text(name))
    return None if value is UNDEFINED else value


def set_global(f: Frame, owner: Value, name: Value, value: Value) -> None:
    """Set a global: here at once, for others when the turn goes on."""
    f.wish("set_global", text(name), value)
    f.set_local_global(text(name), value)


CASE_CLASS: Final = JavaClass(CaseFile.type_name, CaseFile, doc="case data: variables caseFile_…")
CASE_CLASS.all(
    {
        "Object getData(String)": get_data,
        "Map getData()": all_data,
        "void add(String, Object)": set_data,
        "void remove(String)": lambda f, o, name: set_data(f, o, name, None),
    }
)
ENVIRONMENT_CLASS: Final = JavaClass(Environment.type_name, Environment, doc="getEnvironment()")
ENVIRONMENT_CLASS.all({"Object get(String)": lambda f, o, name: None})
GLOBALS_CLASS: Final = JavaClass(Globals.type_name, Globals, doc="getGlobals()")
GLOBALS_CLASS.all(
    {
        "Object get(String)": get_global,
        "void set(String, Object)": set_global,
        "Collection getGlobalKeys()": lambda f, o: thaw(tuple(f.context.globals), f),
    }
)
CLASSES: Final = [CASE_CLASS, ENVIRONMENT_CLASS, GLOBALS_CLASS]
