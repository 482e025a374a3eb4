"""Who may do a user task, as vendors' extensions say it: an assignee, or users and groups.

The spellings stand in ``bpmn/vendor.py``. In these vendors' files a potential owner is written as
``user(mary), group(sales)``, and a bare name is a group.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from procession.bpmn.expression_languages import as_template
from procession.bpmn.reader import Reader
from procession.bpmn.vendor import JUEL

_OWNER: Final = re.compile(r"\s*(?:(user|group)\s*\(([^()]*)\)|([^,]+))\s*(?:,|$)")
_ROLES: Final = ("potentialOwner", "humanPerformer", "performer")


def candidates(xml: Reader) -> tuple[str, str]:
    """Users and groups, as texts; whoever is assigned has the task to themselves."""
    owners = list(_owners(xml))
    assignee = template(xml, "assignee") or next((n for kind, n in owners if kind == "one"), "")
    users = _joined(template(xml, "candidate_users"), owners, "user")
    groups = _joined(template(xml, "candidate_groups"), owners, "group")
    if assignee and (users or groups):
        text = f"the task is for {assignee}; candidates are not offered it"
        xml.problem("warning", text, rule="ignored")
    return (assignee, "") if assignee else (users, groups)


def template(xml: Reader, meaning: str) -> str:
    """An extension attribute as a text with ``#{...}``."""
    return as_template(xml, xml.vendor(meaning) or "", meaning.replace("_", " "))


def _joined(first: str, owners: list[tuple[str, str]], kind: str) -> str:
    return ",".join(name for name in (first, *(n for k, n in owners if k == kind)) if name)


def _owners(xml: Reader) -> Iterator[tuple[str, str]]:
    """Kind and name of everybody the specification's own elements name."""
    by_vendor = not (xml.document.is_jbpm or xml.document.namespaces.isdisjoint(JUEL))
    for tag in _ROLES:
        for owner in xml.children(tag):
            assignment = owner.child("resourceAssignmentExpression")
            expression = assignment.child("formalExpression") if assignment else None
            text = expression.text().strip() if expression else ""
            if not text:
                continue
            if not by_vendor:
                yield "user", as_template(xml, text, tag)
            elif tag != "potentialOwner":
                yield "one", as_template(xml, text, tag)
            else:
                for found in _OWNER.finditer(as_template(xml, text, tag)):
                    yield found[1] or "group", (found[2] or found[3]).strip()
    yield from (("group", name) for name in _resources(xml))


def _resources(xml: Reader) -> Iterator[str]:
    """Resources that the task refers to, taken for the groups of their names (10.3.1)."""
    known = xml.document.root_elements.resources
    for owner in (owner for tag in _ROLES for owner in xml.children(tag)):
        reference = owner.root_element(owner.text("resourceRef"))
        if not reference:
            continue
        name = known.get(reference)
        if name is None:
            owner.problem("error", f"resource {reference} is not declared", rule="reference")
            continue
        text = f"resource {name} is taken for the group of that name"
        owner.problem("warning", text, rule="resource")
        yield name
