"""All people from elsewhere as one source: files, and what the operator has plugged in."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from procession.errors import Invalid, StoreUnavailable
from procession.identity.source import Known, PeopleSource

log: Final = logging.getLogger("procession.identity")
LONGEST_NAME: Final = 255


class Sources:
    """Several sources, the first of which goes before the others where particulars differ."""

    def __init__(self, sources: Sequence[PeopleSource]) -> None:
        self._sources = tuple(sources)
        self._verifying: list[Any] = [one for one in sources if hasattr(one, "verify")]
        self._reading: list[Any] = [one for one in sources if hasattr(one, "whose")]

    @property
    def reads_tokens(self) -> bool:
        """Whether one of them knows tokens that are not ours."""
        return bool(self._reading)

    def stamp(self) -> str:
        """Changes when one of theirs does."""
        return "|".join(one.stamp() for one in self._sources)

    def people(self) -> Mapping[str, Known]:
        """Everybody, with the groups of all."""
        found: dict[str, Known] = {}
        for source in self._sources:
            for name, known in source.people().items():
                other = found.get(name)
                found[name] = known if other is None else _together(other, known)
        return found

    def verify(self, name: str, password: str) -> bool:
        """Whether one of them says that this is the password; an empty one never is.

        (To a directory server an empty password means *anonymous*, which it grants.)
        """
        return bool(password) and any(
            _asked(one.verify, name, password) is True for one in self._verifying
        )

    def whose(self, token: str) -> str | None:
        """Whose token that is, by the first that knows it."""
        for one in self._reading:
            name = _asked(one.whose, token)
            if isinstance(name, str) and 0 < len(name) <= LONGEST_NAME:
                return name
        return None


def plugged_in(place: str, found: Callable[[], Any]) -> PeopleSource:
    """The source that a setting names: what is found there is called once, at the start."""
    try:
        made: PeopleSource = found()()
        made.stamp()
        made.people()
    except Exception as error:
        raise Invalid(f"wrong setting: people_source: {place}: {error}") from error
    return made


def _asked(question: Any, *given: str) -> Any:
    try:
        return question(*given)
    except Exception as error:
        log.warning("a source of people does not answer: %s", type(error).__name__)
        raise StoreUnavailable("people cannot be looked up now; try again shortly") from error


def _together(one: Known, other: Known) -> Known:
    return Known(
        one.groups | other.groups,
        one.display_name or other.display_name,
        one.email or other.email,
        one.language or other.language,
        one.stamp or other.stamp,
    )
