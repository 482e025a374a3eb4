"""``Character``: kinds of letters and their values as digits."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Final

from procession.scripting.equality import compare, hash_code
from procession.scripting.frame import Frame
from procession.scripting.library.arguments import integer, mismatch, text
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.objects import ArrayObject
from procession.values import Char, Value

_SPACES: Final = "\t\n\x0b\f\r\x1c\x1d\x1e\x1f"
_FIXED: Final = "\u00a0\u2007\u202f"


def _letter(value: Value) -> str:
    if type(value) is int:
        return chr(value) if 0 <= value < 0x110000 else "\0"
    letter = text(value)
    if len(letter) != 1:
        raise mismatch("a char", value)
    return letter


def _category(letter: str) -> str:
    return unicodedata.category(letter)


def _white(letter: str) -> bool:
    return letter in _SPACES or (_category(letter)[0] == "Z" and letter not in _FIXED)


def _digit(letter: str, base: int) -> int:
    if letter.isascii() and letter.isalnum():
        found = int(letter, 36)
    else:
        found = unicodedata.digit(letter, -1) if _category(letter) == "Nd" else -1
    return found if 2 <= base <= 36 and found < base else -1


def _numeric(letter: str) -> int:
    if letter.isascii():
        return _digit(letter, 36)
    found = unicodedata.numeric(letter, -1)
    return int(found) if found == int(found) else -2


def _changed(value: Value, change: Callable[[str], str]) -> Value:
    letter = _letter(value)
    made = change(letter)
    made = made if len(made) == 1 else letter
    return ord(made) if type(value) is int else Char(made)


def _is(test: Callable[[str], bool]) -> Function:
    return lambda f, c: test(_letter(c))


def _for_digit(f: Frame, digit: Value, base: Value) -> Char:
    at, radix = integer(digit), integer(base)
    fits = 2 <= radix <= 36 and 0 <= at < radix
    return Char("0123456789abcdefghijklmnopqrstuvwxyz"[at] if fits else "\0")


CHARACTER: Final = JavaClass(
    "java.lang.Character", Char, parents=("java.lang.Comparable", "java.lang.Object")
)
CHARACTER.constants = {
    "MAX_VALUE": Char("\uffff"),
    "MIN_VALUE": Char("\0"),
    "SIZE": 16,
    "BYTES": 2,
    "MIN_RADIX": 2,
    "MAX_RADIX": 36,
}
CHARACTER.all(
    {
        "Character(char)": lambda f, c: Char(_letter(c)),
        "char charValue()": lambda f, c: c,
        "static Character valueOf(char)": lambda f, c: Char(_letter(c)),
        "static String toString(char)": lambda f, c: _letter(c),
        "static boolean isDigit(char)": _is(lambda c: _category(c) == "Nd"),
        "static boolean isLetter(char)": _is(lambda c: _category(c)[0] == "L"),
        "static boolean isLetterOrDigit(char)": _is(
            lambda c: _category(c)[0] == "L" or _category(c) == "Nd"
        ),
        "static boolean isAlphabetic(int)": _is(
            lambda c: _category(c)[0] == "L" or _category(c) == "Nl"
        ),
        "static boolean isWhitespace(char)": _is(_white),
        "static boolean isSpaceChar(char)": _is(lambda c: _category(c)[0] == "Z"),
        "static boolean isUpperCase(char)": _is(str.isupper),
        "static boolean isLowerCase(char)": _is(str.islower),
        "static boolean isISOControl(char)": _is(lambda c: c <= "\x1f" or "\x7f" <= c <= "\x9f"),
        "static boolean isJavaIdentifierStart(char)": _is(
            lambda c: _category(c)[0] == "L" or _category(c) in ("Nl", "Sc", "Pc")
        ),
        "static boolean isJavaIdentifierPart(char)": _is(
            lambda c: c.isidentifier() or c == "$" or _category(c) in ("Nd", "Sc", "Pc", "Mn")
        ),
        "static char toUpperCase(char)": lambda f, c: _changed(c, str.upper),
        "static char toLowerCase(char)": lambda f, c: _changed(c, str.lower),
        "static int getNumericValue(char)": lambda f, c: _numeric(_letter(c)),
        "static int digit(char, int)": lambda f, c, base: _digit(_letter(c), integer(base)),
        "static char forDigit(int, int)": _for_digit,
        "static int compare(char, char)": lambda f, a, b: compare(
            Char(_letter(a)), Char(_letter(b)), f
        ),
        "static int hashCode(char)": lambda f, c: hash_code(Char(_letter(c)), f),
        "static int charCount(int)": lambda f, c: 2 if integer(c) > 0xFFFF else 1,
        "static char[] toChars(int)": lambda f, c: ArrayObject([Char(_letter(c))], "char"),
    }
)
CLASSES: Final = [CHARACTER]
