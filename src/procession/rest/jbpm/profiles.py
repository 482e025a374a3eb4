"""Profiles: what differs between the wire forms of the dialect, in one table.

A profile changes what goes over the wire and only those meanings that ``reference/rulings.md`` 17
names. L is jBPM 6.0 (and 6.1), M is 6.2 to 6.5 (``reference/jbpm-rest-api.md`` 0, 8). A further
version is a further row, mostly ``msgspec.structs.replace(M, ...)``.
"""

from __future__ import annotations

import msgspec


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """One wire form.

    ``full_url``: ``url`` is the whole address with its query, else the path alone (3.9).
    ``typed_words``: ``1.5`` and ``true`` in ``map_`` are a Float and a Boolean (3.2).
    ``one_log``: one instance's history is a single log, not a list (H03).
    ``unknown_unit``: status code and word for an unknown deployment (D03).
    ``undeploys_unknown``: undeploying what is not deployed succeeds (D06).
    ``union_takes_status``: with ``union`` statuses join the alternatives, else they always
    restrict (``reference/rulings.md`` 18). ``own_tasks``: in compat mode, too, a task query shows
    the caller's tasks only (4.3). ``one_language``: ``language`` may be given once.
    ``clears_running``: ``/history/clear`` deletes the logs of running instances too (H01).
    """

    name: str
    full_url: bool
    typed_words: bool
    one_log: bool
    unknown_unit: tuple[int, str]
    undeploys_unknown: bool
    union_takes_status: bool
    own_tasks: bool
    one_language: bool
    clears_running: bool


L = Profile(
    name="L",
    full_url=True,
    typed_words=False,
    one_log=False,
    unknown_unit=(404, "NONEXISTENT"),
    undeploys_unknown=True,
    union_takes_status=False,
    own_tasks=False,
    one_language=True,
    clears_running=True,
)
M = Profile(
    name="M",
    full_url=False,
    typed_words=True,
    one_log=True,
    unknown_unit=(200, "UNDEPLOYED"),
    undeploys_unknown=False,
    union_takes_status=True,
    own_tasks=True,
    one_language=False,
    clears_running=False,
)
PROFILES = {profile.name: profile for profile in (L, M)}
