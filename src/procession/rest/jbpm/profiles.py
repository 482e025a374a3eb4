"""Profiles: what differs between the versions of the dialect, in one table.

A profile changes what goes over the wire and only those meanings that ``reference/rulings.md`` 17
names (``reference/jbpm-rest-api.md`` 0, 8). 6.0 and 6.1 have the wire form L, 6.2 to 6.5 the form
M; ``L`` is another word for 6.0, ``M`` for 6.5. Each difference is one named flag. The setting
``jbpm_dialect`` names the profile of every address, ``jbpm_mounts`` that of single context paths.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from procession.errors import Invalid
from procession.rest.jbpm.accidents import EXACT, FIXED, Accidents

if TYPE_CHECKING:
    from procession.settings import Settings
    from procession.web.http import Request


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """One version.

    ``form``: its wire form. ``shapes``: whose shapes it answers where they are not the form's own.
    ``full_url``: ``url`` is the whole address with its query, else the path alone (3.9).
    ``typed_floats``: ``1.5`` in ``map_`` is a Float; ``typed_words``: which words are Booleans
    (3.2).
    ``one_log``: one instance's history is a single log, not a list (H03).
    ``unknown_unit``: status code and word for an unknown deployment (D03).
    ``undeploys_unknown``: undeploying what is not deployed succeeds (D06).
    ``union_takes_status``: with ``union`` statuses join the alternatives, else they always
    restrict (``reference/rulings.md`` 18). ``own_tasks``: in compat mode, too, a task query shows
    the caller's tasks only (4.3). ``one_language``: ``language`` may be given once.
    ``clears_running``: ``/history/clear`` deletes the logs of running instances too (H01).
    ``copies_logs``: a log in JSON has a copy of itself in ``result`` (2.5).
    ``wrapped_values``: one variable in JSON is ``{"value": …}``, else the bare value (R09).
    ``form_page``: the page that shows forms (R04, T21).
    ``accidents``: what the version did by accident, if the server is to do it too.
    """

    name: str
    form: str
    shapes: str
    full_url: bool
    typed_floats: bool
    typed_words: tuple[str, ...]
    one_log: bool
    unknown_unit: tuple[int, str]
    undeploys_unknown: bool
    union_takes_status: bool
    own_tasks: bool
    one_language: bool
    clears_running: bool
    form_page: str
    wrapped_values: bool = False
    copies_logs: bool = False
    accidents: Accidents = FIXED


V60 = Profile(
    name="6.0",
    form="L",
    shapes="L",
    full_url=True,
    typed_floats=False,
    typed_words=(),
    one_log=False,
    unknown_unit=(404, "NONEXISTENT"),
    undeploys_unknown=True,
    union_takes_status=False,
    own_tasks=False,
    one_language=True,
    clears_running=True,
    form_page="org.kie.workbench.KIEWebapp/KIEWebapp.html",
    copies_logs=True,
)
V601 = msgspec.structs.replace(V60, name="6.0.1")
V61 = msgspec.structs.replace(
    V60,
    name="6.1",
    shapes="6.1",
    one_log=True,
    unknown_unit=(200, "NONEXISTENT"),
    undeploys_unknown=False,
    copies_logs=False,
)
V65 = Profile(
    name="6.5",
    form="M",
    shapes="M",
    full_url=False,
    typed_floats=True,
    typed_words=("true", "false"),
    one_log=True,
    unknown_unit=(200, "UNDEPLOYED"),
    undeploys_unknown=False,
    union_takes_status=True,
    own_tasks=True,
    one_language=False,
    clears_running=False,
    form_page="kie-wb.jsp",
)
V64 = msgspec.structs.replace(V65, name="6.4", form_page="kie-wb.html")
V63 = msgspec.structs.replace(V64, name="6.3", typed_words=("TRUE", "FALSE"))
V62 = msgspec.structs.replace(
    V63, name="6.2", shapes="6.2", typed_floats=False, typed_words=(), wrapped_values=True
)
PROFILES = {
    **{profile.name: profile for profile in (V601, V60, V61, V62, V63, V64, V65)},
    "L": V60,
    "M": V65,
}


_EXACT = {
    word: msgspec.structs.replace(profile, accidents=EXACT[profile.name])
    for word, profile in PROFILES.items()
}


def check_mounts(mounts: Iterable[str]) -> None:
    """Raise :class:`Invalid` for an entry of ``jbpm_mounts`` that names no version."""
    for entry in mounts:
        if entry.partition("=")[2].strip() not in PROFILES:
            known = ", ".join(PROFILES)
            raise Invalid(
                f"wrong setting: jbpm_mounts: '{entry}' is no context=version; known are {known}"
            )


def is_mounted(request: Request, settings: Settings) -> bool:
    """Whether an operator has named the context path of an address in ``jbpm_mounts``."""
    context = _context(request)
    return any(entry.partition("=")[0].strip("/ ") == context for entry in settings.jbpm_mounts)


def _context(request: Request) -> str:
    return request.mount.removesuffix("/rest").strip("/")


def profile_of(request: Request, settings: Settings) -> Profile:
    """The profile of an address: its context path's own, else the server's."""
    if settings.jbpm_mounts:
        context = _context(request)
        for entry in settings.jbpm_mounts:
            path, _, name = entry.partition("=")
            if path.strip("/ ") == context:
                return named(name.strip(), settings)
    return named(settings.jbpm_dialect, settings)


def named(version: str, settings: Settings) -> Profile:
    """The profile of a version, with its accidents if the server is to have them."""
    return (_EXACT if settings.jbpm_accidents == "exact" else PROFILES)[version]
