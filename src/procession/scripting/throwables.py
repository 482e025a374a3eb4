"""Java's exceptions as scripts throw, catch and read them.

The table holds the classes whose ancestors are known; an exception class from elsewhere counts as
a direct child of ``java.lang.Exception`` (``reference/jbpm-engine.md`` 4.3).
"""

from __future__ import annotations

from typing import Final

from procession.core.ports import ScriptThrow
from procession.values import Bean, Map, Value

THROWABLE: Final = "java.lang.Throwable"
_TREE: Final = """
java.lang.Throwable: java.lang.Exception java.lang.Error
java.lang.Exception: java.lang.RuntimeException java.io.IOException java.lang.InterruptedException
java.lang.Exception: java.lang.CloneNotSupportedException java.lang.ReflectiveOperationException
java.lang.Exception: java.util.concurrent.TimeoutException java.util.concurrent.ExecutionException
java.lang.Exception: java.sql.SQLException java.text.ParseException java.net.URISyntaxException
java.lang.Exception: java.security.GeneralSecurityException javax.naming.NamingException
java.lang.ReflectiveOperationException: java.lang.ClassNotFoundException
java.lang.ReflectiveOperationException: java.lang.NoSuchMethodException
java.lang.ReflectiveOperationException: java.lang.NoSuchFieldException
java.io.IOException: java.io.FileNotFoundException java.net.MalformedURLException
java.io.IOException: java.io.EOFException java.net.UnknownHostException java.net.SocketException
java.net.SocketException: java.net.ConnectException
java.io.IOException: java.io.UnsupportedEncodingException java.net.SocketTimeoutException
java.lang.RuntimeException: java.lang.ArithmeticException java.lang.ArrayStoreException
java.lang.RuntimeException: java.lang.ClassCastException java.lang.IllegalArgumentException
java.lang.RuntimeException: java.lang.IllegalStateException java.lang.IndexOutOfBoundsException
java.lang.RuntimeException: java.lang.NegativeArraySizeException java.lang.NullPointerException
java.lang.RuntimeException: java.lang.SecurityException java.lang.UnsupportedOperationException
java.lang.RuntimeException: java.util.ConcurrentModificationException
java.lang.RuntimeException: java.util.NoSuchElementException java.util.EmptyStackException
java.lang.RuntimeException: java.time.DateTimeException java.util.MissingResourceException
java.lang.RuntimeException: java.io.UncheckedIOException org.mvel2.CompileException
java.lang.RuntimeException: org.jbpm.workflow.instance.WorkflowRuntimeException
java.lang.RuntimeException: org.kie.api.runtime.process.WorkItemHandlerRuntimeException
java.lang.RuntimeException: org.jbpm.bpmn2.handler.WorkItemHandlerRuntimeException
java.lang.RuntimeException: javax.persistence.PersistenceException
java.lang.IllegalArgumentException: java.lang.NumberFormatException
java.lang.IllegalArgumentException: java.util.regex.PatternSyntaxException
java.lang.IllegalArgumentException: java.util.IllegalFormatException
java.util.IllegalFormatException: java.util.IllegalFormatConversionException
java.util.IllegalFormatException: java.util.MissingFormatArgumentException
java.util.IllegalFormatException: java.util.UnknownFormatConversionException
java.util.IllegalFormatException: java.util.MissingFormatWidthException
java.util.IllegalFormatException: java.util.IllegalFormatPrecisionException
java.util.NoSuchElementException: java.util.InputMismatchException
java.time.DateTimeException: java.time.zone.ZoneRulesException
java.time.DateTimeException: java.time.temporal.UnsupportedTemporalTypeException
java.lang.IndexOutOfBoundsException: java.lang.ArrayIndexOutOfBoundsException
java.lang.IndexOutOfBoundsException: java.lang.StringIndexOutOfBoundsException
java.time.DateTimeException: java.time.format.DateTimeParseException
org.mvel2.CompileException: org.mvel2.PropertyAccessException
java.lang.Error: java.lang.AssertionError java.lang.LinkageError java.lang.VirtualMachineError
java.lang.LinkageError: java.lang.NoClassDefFoundError java.lang.ExceptionInInitializerError
java.lang.LinkageError: java.lang.IncompatibleClassChangeError
java.lang.IncompatibleClassChangeError: java.lang.NoSuchMethodError java.lang.NoSuchFieldError
java.lang.VirtualMachineError: java.lang.StackOverflowError java.lang.OutOfMemoryError
"""


def _parents() -> dict[str, str]:
    parents = {THROWABLE: ""}
    for line in _TREE.split("\n"):
        parent, _, children = line.partition(":")
        parents.update(dict.fromkeys(children.split(), parent))
    return parents


PARENTS: Final = _parents()


def ancestry(type_name: str) -> tuple[str, ...]:
    """The class and its ancestors up to ``java.lang.Throwable``, nearest first."""
    if type_name not in PARENTS:
        return (type_name, "java.lang.Exception", THROWABLE)
    chain = []
    while type_name:
        chain.append(type_name)
        type_name = PARENTS[type_name]
    return tuple(chain)


class Throwable:
    """An exception object inside a script."""

    __slots__ = ("cause", "message", "suppressed", "type_name")

    def __init__(self, type_name: str, message: str | None = None, cause: Value = None) -> None:
        self.type_name = type_name
        self.message = message
        self.cause = cause
        self.suppressed: list[Value] = []

    def text(self) -> str:
        """What ``toString`` gives."""
        return self.type_name if self.message is None else f"{self.type_name}: {self.message}"

    def frozen(self) -> Bean:
        """The value that a model sees when it catches this."""
        fields: dict[str, Value] = {"message": self.message}
        if isinstance(self.cause, Throwable) and self.cause is not self:
            fields["cause"] = Bean(self.cause.type_name, Map(message=self.cause.message))
        return Bean(self.type_name, Map(fields))


class Thrown(Exception):
    """A Java exception on its way through a running script; never seen outside of it."""

    def __init__(self, throwable: Throwable) -> None:
        super().__init__(throwable.text())
        self.throwable = throwable
        self.line = 0
        self.column = 0

    def outside(self) -> ScriptThrow:
        """The same as the model may catch it."""
        throwable = self.throwable
        return ScriptThrow(
            throwable.type_name,
            throwable.message,
            supertypes=ancestry(throwable.type_name),
            value=throwable.frozen(),
            line=self.line,
            column=self.column,
        )


def throw(type_name: str, message: str | None = None) -> Thrown:
    """An exception to raise; names without a dot are in ``java.lang``."""
    return Thrown(Throwable(type_name if "." in type_name else "java.lang." + type_name, message))


def null_pointer(what: str) -> Thrown:
    """The exception for using null, saying where."""
    return throw("NullPointerException", what)


def translated(error: Exception) -> Thrown:
    """A host error from inside a library function, as the Java exception nearest to it."""
    if isinstance(error, Thrown):
        return error
    if isinstance(error, RecursionError):
        return throw("StackOverflowError")
    if isinstance(error, ArithmeticError):
        return throw("ArithmeticException", "number out of range")
    if isinstance(error, LookupError):
        return throw("IndexOutOfBoundsException", "index out of range")
    if isinstance(error, ValueError):
        return throw("IllegalArgumentException", "unsuitable value")
    return throw("ClassCastException", "a value of another type was expected")
