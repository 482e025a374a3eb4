"""Which class a written name means, and what is an instance of it.

A class from elsewhere that the process imports, or that is written in full, becomes a data bean
(2.9); a class of the Java platform that the library has not got is refused when reached.
"""

from __future__ import annotations

from typing import Final

from procession.core.ports import ScriptScope
from procession.scripting.equality import class_word
from procession.scripting.languages.cursor import PRIMITIVES
from procession.scripting.library.table import Library, Member
from procession.scripting.objects import ArrayObject, BeanObject, ClassObject
from procession.scripting.throwables import PARENTS, Throwable, ancestry
from procession.scripting.tree import TypeName
from procession.values import Value

_PLATFORM: Final = (
    "java.",
    "javax.",
    "sun.",
    "com.sun.",
    "jdk.",
    "org.kie.",
    "org.jbpm.",
    "org.drools.",
)
_REFUSED: Final = frozenset(
    [
        "Runtime",
        "ProcessBuilder",
        "Process",
        "ClassLoader",
        "ThreadGroup",
        "InheritableThreadLocal",
        "ThreadLocal",
        "Compiler",
        "SecurityManager",
        "StackWalker",
        "Module",
        "Package",
        "File",
        "Files",
        "Paths",
        "Path",
        "FileReader",
        "FileWriter",
        "FileInputStream",
        "FileOutputStream",
        "BufferedReader",
        "BufferedWriter",
        "Scanner",
        "URL",
        "URI",
        "Socket",
        "ScriptEngineManager",
        "Method",
        "Field",
        "Proxy",
        "Unsafe",
        "Executors",
        "Logger",
        "LoggerFactory",
    ]
)
"""Names that mean a class of the platform even where variables are not declared."""
_EXCEPTIONS: Final = {name.rpartition(".")[2]: name for name in PARENTS}
_BOXES: Final = {
    "int": "java.lang.Integer",
    "long": "java.lang.Long",
    "short": "java.lang.Short",
    "byte": "java.lang.Byte",
    "char": "java.lang.Character",
    "float": "java.lang.Float",
    "double": "java.lang.Double",
    "boolean": "java.lang.Boolean",
}


class Classes:
    """The classes that one text can name."""

    def __init__(
        self, library: Library, scope: ScriptScope, imports: list[str], strict: bool
    ) -> None:
        self.library = library
        self.strict = strict
        self.imports = [*scope.imports, *imports]
        self.data_types = scope.data_types
        self.named = {name.rpartition(".")[2]: name for name in self.imports}
        for declared in (*scope.types.values(), *scope.globals.values()):
            if declared and "." in declared:
                self.named.setdefault(declared.rpartition(".")[2], declared)

    def full_name(self, written: str) -> str:
        """The full name of a written one; an unknown simple name stays as it is."""
        first, dot, tail = written.partition(".")
        if dot and first[:1].isupper():
            return self.full_name(first) + dot + tail
        if dot:
            return written
        if self.data_types and written not in self.named:
            known = self.data_types.named(written)
            if known is not None:
                return known.name
        found = (
            self.named.get(written) or self.library.simple.get(written) or _EXCEPTIONS.get(written)
        )
        if found:
            return found
        wild = [name for name in self.imports if name.endswith(".*")]
        foreign = [name for name in wild if not name.startswith(_PLATFORM)]
        return foreign[0][:-1] + written if foreign else written

    def is_bean(self, name: str) -> bool:
        """Whether objects of this class are kept as data beans."""
        if name in self.data_types:
            return True
        return (
            "." in name
            and name not in self.library.classes
            and name not in PARENTS
            and not name.startswith(_PLATFORM)
        )

    def reference(self, parts: tuple[str, ...]) -> ClassObject | None:
        """The class that dotted parts name, if they can only name one."""
        full = self.full_name(".".join(parts))
        known = full in self.library.classes or full in PARENTS or full in self.data_types
        if known or full in self.imports:
            return ClassObject(full)
        last = parts[-1]
        if len(parts) == 1 and not self.strict and last not in _REFUSED:
            return None
        capital = last[:1].isupper() and not last.isupper()
        if capital and all(part[:1].islower() for part in parts[:-1]):
            return ClassObject(full)
        return None

    def known(self, kind: TypeName) -> str | None:
        """The full name of a type whose methods we know all."""
        if kind.dims or kind.name in PRIMITIVES:
            return None
        full = self.full_name(kind.name)
        return full if full in self.library.classes and full != "java.lang.Object" else None

    def of_value(self, value: Value) -> str | None:
        """The full class name of a constant."""
        found = self.library.of_host.get(type(value))
        return found[0].name if found else None

    def method(self, owner: str, name: str, count: int) -> Member | None:
        """A method of a class or of anything that shares its host type."""
        one = self.library.classes[owner]
        related = {other.name: other for host in one.hosts for other in self.library.of_host[host]}
        for ancestor in self.library.lineage(owner):
            known = self.library.classes.get(ancestor)
            if known:
                related.setdefault(ancestor, known)
        for candidate in [one, *related.values(), self.library.common]:
            member = candidate.methods.get((name, count))
            if member is not None:
                return member
        return None


def lineage_of(library: Library, value: Value) -> tuple[str, ...] | None:
    """The class of a value and its ancestors, nearest first; None where we cannot know."""
    if isinstance(value, BeanObject):
        return None
    if isinstance(value, Throwable):
        return ancestry(value.type_name)
    if isinstance(value, ArrayObject):
        return (f"{value.component}[]",)
    named = class_word(value)
    if named in library.classes:
        return library.lineage(named)
    classes = library.of_host.get(type(value))
    return library.lineage(classes[0].name) if classes else None


def is_instance(library: Library, value: Value, name: str, dims: int) -> bool | None:
    """Whether a value is of a class; None where we cannot know."""
    if value is None:
        return False
    name = _BOXES.get(name, name) if not dims else name
    if dims:
        if not isinstance(value, ArrayObject):
            return False
        inside = name + "[]" * (dims - 1)
        of_objects = value.component not in PRIMITIVES
        return value.component == inside or (inside == "java.lang.Object" and of_objects)
    if name == "java.lang.Object":
        return True
    if isinstance(value, BeanObject):
        return True if value.type_name == name else None
    lineage = lineage_of(library, value)
    if lineage is None:
        return None
    if name in lineage:
        return True
    if isinstance(value, Throwable):
        return name not in PARENTS and name == value.type_name
    return False if name in library.classes or name in PARENTS else None
