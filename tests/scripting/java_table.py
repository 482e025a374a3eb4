"""The table of Java cases: what a text gives on our machine and on a JDK.

A case is one line of a file in ``tests/scripting/java``: an expression or the body of a method,
with what it needs before it in brackets, and after ``==>`` the class and the text of what comes of
it::

    [String s = "abc"; Integer n = null] s.length() + 1 ==> Integer 4

``python -m tests.scripting.java_table`` runs all cases on the JDK and writes what it gives into the
files. Classes under ``java.lang`` are written without it, collections by their interface.
Messages of null pointers and of casts are the JDK's own and left out.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from procession.core.ports import UNDEFINED, Limits, Purpose, ScriptScope, ScriptThrow
from procession.errors import LimitExceeded
from procession.scripting.equality import class_word
from procession.scripting.frame import Frame
from procession.scripting.freezing import freeze
from procession.scripting.library.streams import StreamObject
from procession.scripting.machine.program import Program
from procession.scripting.meter import unlimited
from procession.scripting.objects import (
    ArrayObject,
    Entry,
    FunctionObject,
    ListObject,
    MapObject,
    SetObject,
)
from procession.values import Value
from tests.scripting.scripts import EVALUATOR, context

FOLDER = Path(__file__).parent / "java"
SIGN = " ==> "
_GIVEN = re.compile(r"\[((?:[^\]]|\[\])*)\]\s+(.*)", re.DOTALL)
_BINDING = re.compile(r"(?:final )?([\w.<>, ?]+(?:\[\])*) (\w+) = (.*)", re.DOTALL)
_QUIET = ("java.lang.NullPointerException", "java.lang.ClassCastException")
_PACKAGES = (
    *("java.util", "java.math", "java.text", "java.time", "java.time.format"),
    *("java.time.temporal", "java.util.function", "java.util.regex", "java.util.stream"),
)
_SCOPE_IMPORTS = tuple(f"{name}.*" for name in _PACKAGES)


class Case(NamedTuple):
    """One line of a table."""

    line: int
    bindings: tuple[tuple[str, str, str], ...]
    source: str
    expected: str


def read(path: Path) -> list[Case]:
    """The cases of a file."""
    return list(parsed(path.read_text().splitlines()))


def parsed(lines: Iterable[str]) -> Iterable[Case]:
    """The cases among the lines of a table."""
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        text, _, expected = line.partition(SIGN)
        bindings: list[tuple[str, str, str]] = []
        given = _GIVEN.match(text)
        if given:
            text = given.group(2)
            for one in given.group(1).split("; "):
                found = _BINDING.fullmatch(one.strip())
                assert found, f"line {number}: not a binding: {one}"
                bindings.append((found.group(1), found.group(2), found.group(3)))
        yield Case(number, tuple(bindings), text.strip(), expected.strip())


def body_of(source: str) -> str:
    """The body of a method that returns the value of a case."""
    return source if source.endswith((";", "}")) else f"return {source};"


# -- our machine -----------------------------------------------------------------------------


def ours(case: Case, limits: Limits | None = None) -> str:
    """What a case gives on our machine."""
    held = {name: freeze(_raw(f"return {text};", {}, {}), unlimited())
            for _, name, text in case.bindings}  # fmt: skip
    types = {name: kind for kind, name, _ in case.bindings}
    try:
        return shown(_raw(body_of(case.source), held, types, limits))
    except ScriptThrow as thrown:
        return thrown_text(thrown.type_name, thrown.text)
    except LimitExceeded as limit:
        return f"limit {limit}"


def _raw(
    source: str, held: dict[str, Value], types: dict[str, str], limits: Limits | None = None
) -> Value:
    scope = ScriptScope(types=types) if types else ScriptScope()
    program = EVALUATOR.compile("java", source, Purpose.EXPRESSION, scope)
    assert isinstance(program, Program)
    given = context()
    given.lookup = lambda name: held.get(name, UNDEFINED)
    frame = Frame(given, limits or Limits(), program._slots.copy())
    return program.raw(frame)


def escaped(text: str) -> str:
    """A text on one line."""
    return "".join(
        one if 32 <= ord(one) < 127 and one != "\\" else _ESCAPES.get(one) or f"\\u{ord(one):04x}"
        for letter in text
        for one in _units(letter)
    )


_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _units(letter: str) -> str:
    if ord(letter) < 0x10000:
        return letter
    high, low = divmod(ord(letter) - 0x10000, 0x400)
    return chr(0xD800 + high) + chr(0xDC00 + low)


def thrown_text(name: str, message: str | None) -> str:
    """An exception as the tables write it."""
    told = "" if message is None or name in _QUIET else f": {escaped(message)}"
    return f"throws {name}{told}"


def shown(value: Value) -> str:
    """A value as the tables write it."""
    if value is None:
        return "null"
    frame = Frame(context(), Limits(), [])
    if isinstance(value, ArrayObject):
        kind = value.component.rpartition(".")[2]
        return f"{kind}[] {escaped(_deep(value, frame))}"
    names = ((ListObject, "List"), (SetObject, "Set"), (MapObject, "Map"), (Entry, "Entry"),
             (FunctionObject, "Function"), (StreamObject, "Stream"))  # fmt: skip
    name = next((word for kind, word in names if isinstance(value, kind)), None)
    if name is None:
        name = class_word(value).removeprefix("java.lang.")
    if name in ("Function", "Stream"):
        return name
    return f"{name} {escaped(frame.text(value))}".rstrip(" ")


def _deep(value: Value, frame: Frame) -> str:
    if isinstance(value, ArrayObject):
        return "[" + ", ".join([_deep(item, frame) for item in value.items]) + "]"
    return frame.text(value)


# -- the JDK ---------------------------------------------------------------------------------

_IMPORTS = "".join(f"import {name}.*;\n" for name in _PACKAGES)
_MAIN = (
    '@SuppressWarnings({"all"})\npublic class Table {\n'
    + r"""
  interface Body { Object run() throws Throwable; }
  static String deep(Object v) {
    if (v == null || !v.getClass().isArray()) return String.valueOf(v);
    StringBuilder made = new StringBuilder("[");
    for (int i = 0; i < java.lang.reflect.Array.getLength(v); i++) {
      if (i > 0) made.append(", ");
      made.append(deep(java.lang.reflect.Array.get(v, i)));
    }
    return made.append("]").toString();
  }
  static String show(Object v) {
    if (v == null) return "null";
    String name = v.getClass().getName();
    if (v.getClass().isArray()) return v.getClass().getSimpleName() + " " + escaped(deep(v));
    if (v instanceof java.util.stream.BaseStream) return "Stream";
    if (name.contains("$$Lambda")) return "Function";
    if (v instanceof List || v instanceof Deque || v instanceof Queue) name = "List";
    else if (v instanceof Set) name = "Set";
    else if (v instanceof Map) name = "Map";
    else if (v instanceof Map.Entry) name = "Entry";
    else if (v instanceof Collection) name = "List";
    if (name.startsWith("java.lang.")) name = name.substring(10);
    return stripped(name + " " + escaped(v.toString()));
  }
  static String stripped(String s) { return s.replaceAll(" +$", ""); }
  static String escaped(String s) {
    StringBuilder made = new StringBuilder();
    for (char c : s.toCharArray()) {
      if (c == '\\') made.append("\\\\");
      else if (c == '\n') made.append("\\n");
      else if (c == '\t') made.append("\\t");
      else if (c == '\r') made.append("\\r");
      else if (c >= 32 && c < 127) made.append(c);
      else made.append(String.format("\\u%04x", (int) c));
    }
    return made.toString();
  }
  static String of(Body body) {
    try { return show(body.run()); }
    catch (Throwable thrown) {
      String name = thrown.getClass().getName();
      boolean quiet = thrown instanceof NullPointerException
        || thrown instanceof ClassCastException;
      String told = quiet || thrown.getMessage() == null ? "" : ": " + escaped(thrown.getMessage());
      return "throws " + name + told;
    }
  }
"""
)
_FLAGS = ("-Duser.timezone=UTC", "-Duser.language=en", "-Duser.country=US", "-Xshare:auto",
          "-XX:TieredStopAtLevel=1", "-Dfile.encoding=UTF-8")  # fmt: skip
JDK_HERE = shutil.which("javac") is not None
RELEASE = 17
"""The release whose messages and digits the tables hold; of others only classes are compared."""


def same_release() -> bool:
    """Whether the JDK here is of that release."""
    told = subprocess.run(["javac", "-version"], capture_output=True, text=True, check=True)
    return (told.stdout + told.stderr).startswith(f"javac {RELEASE}.")


def alike(given: str, wanted: str, exactly: bool) -> bool:
    """Whether two results are the same, or of the same class."""
    kinds = [re.split(r"[ :]", text.removeprefix("throws "))[0] for text in (given, wanted)]
    return given == wanted if exactly else kinds[0] == kinds[1]


def jdk(cases: list[Case]) -> tuple[list[str], dict[int, str]]:
    """What the JDK gives for each case, and complaints of the compiler by place in the list."""
    alive = list(range(len(cases)))
    complaints: dict[int, str] = {}
    while True:
        with tempfile.TemporaryDirectory() as folder:
            faults = _compiled(Path(folder), [cases[at] for at in alive])
            if faults:
                complaints.update({alive[at]: told for at, told in faults.items()})
                alive = [at for place, at in enumerate(alive) if place not in faults]
                continue
            run = subprocess.run(
                ["java", *_FLAGS, "-cp", folder, "Table"],
                capture_output=True, text=True, timeout=120, check=True,
            )  # fmt: skip
        made = run.stdout.split("\n")
        results = ["" for _ in cases]
        for at, told in zip(alive, made, strict=False):
            results[at] = told
        return results, complaints


def _compiled(folder: Path, cases: list[Case]) -> dict[int, str]:
    lines = (_IMPORTS + _MAIN).split("\n")
    places: dict[int, int] = {}
    for at, case in enumerate(cases):
        given = "".join(f"{kind} {name} = {text}; " for kind, name, text in case.bindings)
        lines.append(f"static Object c{at}() throws Throwable {{ {given}{body_of(case.source)} }}")
        places[len(lines)] = at
    for start in range(0, len(cases), 500):
        lines.append(f"static void part{start}(java.io.PrintStream o) {{")
        for at in range(start, min(start + 500, len(cases))):
            lines.append(f"o.println(of(Table::c{at}));")
        lines.append("}")
    parts = "".join(f"part{start}(o);" for start in range(0, len(cases), 500))
    lines.append("public static void main(String[] a) throws Exception {")
    lines.append('java.io.PrintStream o = new java.io.PrintStream(System.out, true, "UTF-8");')
    lines.append("System.setOut(System.err);" + parts + "o.flush(); System.exit(0); } }")
    (folder / "Table.java").write_text("\n".join(lines), encoding="utf-8")
    done = subprocess.run(
        ["javac", "-J-XX:TieredStopAtLevel=1", "-proc:none", "-nowarn", "-encoding", "UTF-8",
         "-Xmaxerrs", "9999", "-d", str(folder), str(folder / "Table.java")],
        capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    if done.returncode == 0:
        return {}
    faults: dict[int, str] = {}
    for found in re.finditer(r"Table\.java:(\d+): error: (.*)", done.stderr):
        at = places.get(int(found.group(1)))
        if at is None:
            raise AssertionError(done.stderr[:4000])
        faults.setdefault(at, found.group(2))
    assert faults, done.stderr[:4000]
    return faults


def write() -> int:
    """Write what the JDK gives into every table; 1 if it refused a case."""
    refused = 0
    for path in sorted(FOLDER.glob("*.txt")):
        lines = path.read_text().splitlines()
        cases = list(parsed(lines))
        results, complaints = jdk(cases)
        for at, case in enumerate(cases):
            if at in complaints:
                refused = 1
                print(f"{path.name}:{case.line}: {complaints[at]}: {case.source}")
                continue
            text = lines[case.line - 1].partition(SIGN)[0].rstrip()
            lines[case.line - 1] = f"{text}{SIGN}{results[at]}".rstrip()
        path.write_text("\n".join(lines) + "\n")
        print(f"{path.name}: {len(cases)} cases")
    return refused


if __name__ == "__main__":
    sys.exit(write())
