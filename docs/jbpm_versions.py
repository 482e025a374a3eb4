"""The page *Versions of jBPM*: every difference between 6.0 and 6.5, and what becomes of it here.

Three kinds: differences that a profile has, accidents that are done on request only, and what is
served alike in every version because no client of one minds the way of another. A test compares
the first two with the flags themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

VERSIONS: Final = ("6.0", "6.1", "6.2", "6.3", "6.4", "6.5")
FLAGS: Final = {
    "form": "wire form: names of elements inside tasks and contents, defaults of task lists",
    "shapes": "root elements and members, where they are not the form's own",
    "full_url": "`url` is the whole address with its query, else the path alone",
    "typed_floats": "`1.5` as a `map_` value is a Float",
    "typed_words": "words that are Booleans as `map_` values",
    "one_log": "the history of one instance is a single log, else a list of one",
    "unknown_unit": "status of an unknown deployment",
    "undeploys_unknown": "undeploying what is not deployed succeeds",
    "union_takes_status": "with `union=true` statuses are alternatives too, else they restrict",
    "own_tasks": "in compat mode a task query shows the caller's tasks only",
    "one_language": "`language` may be given once only",
    "clears_running": "`/history/clear` deletes the logs of running instances too",
    "copies_logs": "a log in JSON has a copy of itself in `result`",
    "wrapped_values": "one variable in JSON is `{\"value\": …}`",
    "form_page": "the page that shows forms",
}  # fmt: skip
ACCIDENTS: Final = {
    "conflicts_fail": "a refused task operation is a 500, and in `execute` a mere `FAILURE`",
    "missing_tasks": "an operation on no task is a 409, or a 500, instead of a 404",
    "missing_logs_fail": "the history of no instance is a 500, instead of a 404",
    "missing_is_bad": "a deployment or an instance that is not there is a 400",
    "missing_variables": "a variable that is not there is a 500, or an empty 200",
    "missing_signalled": "a signal to no instance is a 404 with PER_PROCESS_INSTANCE",
    "says_nothing": "400 and 404 have no message",
    "errors_are_xml": "errors are XML even where JSON was asked for",
    "errors_are_responses": "errors have the root `response`",
    "container_pages": "an address that there is not is answered by a page in HTML",
    "denials_ask_again": "who may not do a task operation gets a 401",
    "lacks": "addresses that the version had not are a 404 (all but those of `execute`)",
    "gav_only": "a deployment id that is no group:artifact:version is a 404",
    "heeds_units": "history below a deployment that is not there is a 400",
    "unknown_statuses_fail": "a task status that nobody knows is a 500, instead of a 400",
    "odd_floats_fail": "`1.2.3` as a value is a 500, instead of a text",
    "strange_bodies_fail": "commands that are no XML are a 500, instead of a 415",
    "insists_on_media": "`/deployment/{dep}` answers 406 to who takes neither XML nor JSON",
    "forgets_variables": "a start with `corrProp` has no variables",
    "forgets_forms": "parameters in a form body are not read",
    "forgets_faults": "`fail-task` loses its data",
    "exact_names": "`/task/query` knows exact names only, `pagesize` among them",
    "exact_targets": "`targetId` is not read",
    "ignores_keys": "`corrProp` is not read",
    "ignores_merging": "`mergemode` is not read, not even a wrong one",
    "keeps_quotes": "a value in quotes keeps them",
    "language_excludes": "`/task/query` leaves out tasks whose texts are in another language",
    "lone_page": "a page without a size is empty, or everything, instead of ten",
    "one_log_status": "`status` of `/history/process` counts only if it is 1",
    "counts_ended": "`/history/instances` does not know `activeProcesses`",
    "ignores_required_roles": "the roles that a descriptor asks for are not looked at",
    "limits_only": "`/history/variable/…/instances` knows sizes, but no pages",
    "whole_unit_list": "the list of units has no pages",
    "refuses_groups": "a task cannot be delegated to a group",
    "drops_unknown": "a command that nobody knows is left out, instead of a 400",
    "texts_only": "one variable that is no text is a 500",
    "lists_fail": "so is a list or a map in XML",
    "odd_parameters_fail": "a work item one of whose values is a list or a map is a 500 in XML",
    "ended_signalled": "an instance that its signal ended is a 404, or an empty element",
    "empty_variables": "`…/variables` shows no variable",
    "empty_contents": "the document of a task is empty",
    "hides_ids": "`get-process-ids` fails",
    "claims_own_only": "`claimnextavailable` takes no task that is offered to a group",
    "lists_once": "a list in JSON has only the name that the version gave it",
    "made_order": "logs stand in the order in which they were made",
    "redeploys": "deploying what is deployed already is told to succeed",
    "job_words": "how a unit stands, in the answers to deploying and undeploying",
}
ALIKE: Final = (
    ("addresses of `execute`", "all three, and those of the guides, with every command"),
    ("names of commands and their arguments", "every name of every version, from every client"),
    ("`ver` of a request", "decides names, defaults of C40 to C42, the user of task commands, the "
     "type of C17, the comma in correlation keys, whatever profile the address has"),
    ("`/runtime/{dep}/history`, `/variables`, `/variable/{name}` and all others", "served in every "
     "version, unless it is exact"),
    ("`targetId` and `targetEntityId`; `pageSize`, `pagesize`, `s`", "one is as good as another"),
    ("`startform` by GET and POST; a descriptor by POST and PUT", "both"),
    ("form bodies and query strings", "both are read, the query first"),
    ("groups as targets of delegate", "taken; exact 6.5 refuses them"),
    ("order of history lists", "deployment, process, instance, log: the order of 6.2 and later, "
     "which within one instance is also that of 6.0"),
    ("lists in JSON", "under the names of both ages, `historyLogList` and `list`, "
     "`taskSummaryList` and `list`. Those of 6.0 and 6.1 stand there once, without copies, unless "
     "the operator names the context path in `jbpm_mounts` (`business-central=6.0`): readers that "
     "gather objects from a whole document count twice what stands there twice"),
    ("`language` of commands", "never leaves out a task"),
    ("flavours of JSON, which hung on the container", "plain names, nulls present (1.5)"),
    ("login by form, which hung on the container", "Basic alone, with the realm of 6.2"),
    ("denials for lack of a role, which hung on the container", "403"),
    ("user of a task command", "in 6.2 and later the caller; a setting lets it be any"),
    ("roles of REST", "a setting, off by default, for every version"),
    ("`runtimeProcInstId`", "taken everywhere, needed nowhere: numbers are unique"),
    ("results that are texts, null results", "no element, as in every version"),
    ("deployment ids that are bare words", "taken; unknown ones are a 404"),
)  # fmt: skip


def versions_page() -> str:
    """The whole page."""
    from procession.rest.jbpm.accidents import EXACT
    from procession.rest.jbpm.profiles import PROFILES

    def values(flag: str, versions: Iterable[str], things: object) -> tuple[str, ...]:
        return tuple(_shown(getattr(things[version], flag)) for version in versions)  # type: ignore[index]

    own = [(f"`{flag}`", text, *values(flag, VERSIONS, PROFILES)) for flag, text in FLAGS.items()]
    odd = [
        (f"`{flag}`", text, *values(flag, ("6.0.1", *VERSIONS), EXACT))
        for flag, text in ACCIDENTS.items()
    ]
    return (
        "# Versions of the jBPM dialect\n\n"
        "What changed between jBPM 6.0 and 6.5, as one flag for each difference. The setting "
        "`jbpm_dialect` chooses a version for the server, `jbpm_mounts` for a context path; a "
        "request to `execute` says its own.\n\n"
        "## Differences\n\n" + _table(("flag", "what it is", *VERSIONS), own) + "\n## Accidents\n\n"
        "With `jbpm_accidents=exact` a version also does what it did by accident; without, none "
        "does. `6.0.1` is 6.0.0 and 6.0.1, which only these tell from 6.0.\n\n"
        + _table(("flag", "what happens", "6.0.1", *VERSIONS), odd)
        + "\n## Alike in every version\n\n"
        + _table(("what differed", "what is done"), ALIKE)
    )


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, frozenset):
        return _ranges(sorted(value))
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return str(value)


def _ranges(words: list[str]) -> str:
    """Addresses in order, with a dash where they follow each other."""
    shown: list[list[str]] = []
    for word in words:
        if shown and word[0] == shown[-1][-1][0] and word[1:].isdigit():
            last = shown[-1][-1][1:]
            if last.isdigit() and int(word[1:]) == int(last) + 1:
                shown[-1].append(word)
                continue
        shown.append([word])
    return " ".join(run[0] if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in shown)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def undescribed() -> set[str]:
    """Flags without a line on the page, and lines without a flag."""
    from procession.rest.jbpm.accidents import Accidents
    from procession.rest.jbpm.profiles import Profile

    flags = {field.name for kind in (Profile, Accidents) for field in msgspec.structs.fields(kind)}
    return (flags - {"name", "accidents"}) ^ (FLAGS.keys() | ACCIDENTS.keys())
