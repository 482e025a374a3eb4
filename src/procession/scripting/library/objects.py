"""``java.lang.Object``: what every value can do."""

from __future__ import annotations

from typing import Final

from procession.scripting.equality import class_word, compare, equals, hash_code
from procession.scripting.frame import Frame
from procession.scripting.library.table import JavaClass
from procession.scripting.objects import BeanObject, ClassObject
from procession.values import Value


def _class(f: Frame, value: Value) -> ClassObject:
    return ClassObject(class_word(value))


COMMON: Final = JavaClass("java.lang.Object", object, doc="what every value can do")
COMMON.all(
    {
        "Object()": lambda f: BeanObject("java.lang.Object", {}),
        "String toString()": lambda f, v: f.text(v),
        "boolean equals(Object)": lambda f, v, other: equals(v, other, f),
        "int hashCode()": lambda f, v: hash_code(v, f),
        "int compareTo(Object)": lambda f, v, other: compare(v, other, f),
        "Class getClass()": _class,
    }
)
