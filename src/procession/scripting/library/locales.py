"""``Locale``: accepted where Java takes one; texts are always written in English."""

from __future__ import annotations

from typing import Final

from procession.scripting.frame import Frame
from procession.scripting.library.arguments import text
from procession.scripting.library.table import JavaClass
from procession.values import Value


class LocaleObject:
    """A language and a country."""

    __slots__ = ("name",)
    type_name = "java.util.Locale"

    def __init__(self, name: str) -> None:
        self.name = name

    def shown(self) -> str:
        """What it prints as."""
        return self.name

    def identity(self) -> str:
        """What two equal ones have in common."""
        return self.name

    def plain(self) -> str:
        """What a process keeps of it."""
        return self.name


def _new(f: Frame, language: Value, country: Value = "") -> LocaleObject:
    made = text(language).lower()
    return LocaleObject(f"{made}_{text(country).upper()}" if text(country) else made)


LOCALE: Final = JavaClass("java.util.Locale", LocaleObject, doc="texts are English all the same")
LOCALE.constants = {
    name: LocaleObject(short)
    for name, short in (
        *(("ENGLISH", "en"), ("US", "en_US"), ("UK", "en_GB"), ("ROOT", ""), ("GERMAN", "de")),
        *(("GERMANY", "de_DE"), ("FRENCH", "fr"), ("FRANCE", "fr_FR"), ("CANADA", "en_CA")),
    )
}
LOCALE.all(
    {
        "Locale(String)": _new,
        "Locale(String, String)": _new,
        "static Locale getDefault()": lambda f: LOCALE.constants["US"],
        "static Locale forLanguageTag(String)": lambda f, t: LocaleObject(
            text(t).replace("-", "_")
        ),
        "String getLanguage()": lambda f, o: o.name.partition("_")[0],
        "String getCountry()": lambda f, o: o.name.partition("_")[2],
        "String toLanguageTag()": lambda f, o: o.name.replace("_", "-"),
    }
)
CLASSES: Final = [LOCALE]
