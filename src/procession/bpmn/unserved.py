"""What a file may say and this version does not do: nothing of it is accepted in silence.

Elements that no file of ``bpmn/elements`` reads are refused by the compiler. Here stands what is
smaller than an element, or drawn beside the process: it is **refused** where leaving it out would
change who does what and when, and a **warning** names it where the process runs the same without
it. ``reference/jbpm-engine.md`` 1.2, 1.11, 5.8; ``reference/oneweb-rest-api.md`` 3.5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from datetime import datetime
from typing import Final

from lxml import etree

from procession.bpmn.business_objects import check_business_objects
from procession.bpmn.deadlines import DEADLINES, read_deadlines
from procession.bpmn.ownership import in_no_namespace
from procession.bpmn.reader import Document, Place, Reader, is_bpmn, local_name
from procession.bpmn.timer_expressions.spans import engine_time, iso_period
from procession.bpmn.vendor import (
    ALLOCATIONS,
    ATTRIBUTES,
    ELEMENTS,
    METADATA,
    ONEWEB,
    policy_name,
)
from procession.bpmn.vendor_notes import note_vendors
from procession.errors import Invalid

_NAMES: Final = ("", "http://www.mvel.org/2.0")
_NOT_READ: Final = ("scriptTask",)
_REACHES: Final = frozenset({"default", "processInstance", "runtimeManager", "project", "external"})


def check_unserved(root: etree._Element, document: Document) -> None:
    """Report everything of a file that would have no effect."""
    stores = {str(at.get("id")) for at in root.iter("{*}dataStoreReference")}
    for at in in_no_namespace(root):
        text = f"{at.tag} stands in no namespace, so it is no BPMN and has no effect"
        Reader(at, document, Place()).problem("warning", text, rule="ignored")
    for at in root.iter(etree.Element):
        if not is_bpmn(at):
            continue
        xml = Reader(at, document, Place())
        rule = _RULES.get(local_name(at))
        if rule is not None:
            rule(xml)
        elif xml.tag in ("dataInputAssociation", "dataOutputAssociation"):
            _association(xml, stores)
        _metadata(xml)
        _scripts(xml)
        _oneweb(xml)
        note_vendors(xml)


def _refuse(xml: Reader, what: str, at: Reader | None = None) -> None:
    """Refuse, naming the element ``xml`` and the line of ``at``."""
    xml.document.refused.add(xml.owner_id)
    line = at.line if at else 0
    xml.problem("error", f"{what} is not supported", rule="unsupported", line=line)


def _warn(xml: Reader, text: str) -> None:
    xml.problem("warning", text, rule="ignored")


def _misfit(xml: Reader, text: str) -> None:
    """An attribute with a value it cannot have; jBPM deploys such files."""
    xml.problem("warning" if xml.document.is_jbpm else "error", text, rule="value")


# -- any element ---------------------------------------------------------------------------------


def _metadata(xml: Reader) -> None:
    for item in xml.extensions("metadata"):
        text = METADATA.get(item.attribute("name") or "")
        value = item.any_child("metaValue")
        given = value.text().strip() if value else ""
        if text and given and given.lower() != "false":
            item.problem(
                "warning", f"{item.attribute('name')} has no effect: {text}", rule="ignored"
            )
    scope = xml.metadata().get("customScope")
    if scope and scope not in _REACHES:
        _warn(xml, f"customScope {scope} is unknown, so the signal goes to the whole deployment")


def _scripts(xml: Reader) -> None:
    """Entry and exit scripts are read on activities only (1.8)."""
    is_read = xml.tag.endswith(("Task", "task", "ubProcess", "Activity", "transaction"))
    if is_read and xml.tag not in _NOT_READ:
        return
    for meaning, word in (("on_entry", "entry"), ("on_exit", "exit")):
        for script in xml.extensions(meaning):
            if script.text():
                _warn(script, f"{word} scripts are not run on a {xml.tag}")


def _oneweb(xml: Reader) -> None:
    """Names in our own namespace that nobody reads: most likely misspelt."""
    given = [str(name) for name in xml.xml.attrib]
    for holder in xml.children("extensionElements"):
        given += [child.tag for child in holder.xml.iterchildren(etree.Element)]
    for name in given:
        if name.startswith("{" + ONEWEB + "}") and name not in _OURS:
            _warn(xml, f"{name.rpartition('}')[2]} is unknown and has no effect")


_OURS: Final = frozenset(
    "{" + spelling.namespace + "}" + spelling.name
    for table in (ATTRIBUTES, ELEMENTS)
    for spellings in table.values()
    for spelling in spellings
)


# -- by element ----------------------------------------------------------------------------------


def _user_task(xml: Reader) -> None:
    names = {d.id: d.attribute("name") or d.id for d in _inputs(xml)}
    for association in xml.children("dataInputAssociation"):
        to = association.root_element(association.text("targetRef"))
        name = names.get(to, to)
        assignment = association.child("assignment")
        given = association.text("sourceRef") or (assignment.text("from") if assignment else "")
        if name in DEADLINES and given.strip() and not association.text("sourceRef"):
            _deadline(xml, association, name, given)
    for tag in ("potentialOwner", "humanPerformer", "performer"):
        for owner in xml.children(tag):
            assigned = owner.child("resourceAssignmentExpression")
            expression = assigned.child("formalExpression") if assigned else None
            language = (expression.attribute("language") if expression else None) or ""
            ignores = xml.document.semantics.default_language_ignored
            if not ignores and language not in _NAMES:
                _refuse(
                    xml, f"a {tag} written in {language}, and not as names with #{{...}},", owner
                )
    for role in xml.children("resourceRole"):
        _warn(role, "a resourceRole does not say what its people may do; nobody is offered a task")
    if xml.metadata().get("customDescription"):
        _warn(xml, "customDescription has no effect on a user task: use the input Description")
    _allocation(xml)
    _due(xml)
    priority = xml.vendor("priority") or ""
    if priority and not _is_computed(priority) and not priority.strip().removeprefix("-").isdigit():
        _misfit(xml, f"priority is {priority!r}, which is no whole number")


def _deadline(xml: Reader, at: Reader, name: str, text: str) -> None:
    """A deadline that is written out; one that comes from variables is read with the task."""
    if "#{" in text:
        return
    try:
        read_deadlines(name, text)
    except Invalid as error:
        text = f"{name} cannot be used: {error.message}"
        xml.problem("error", text, rule="deadline", line=at.line)


def _inputs(xml: Reader) -> Iterator[Reader]:
    specification = xml.child("ioSpecification")
    return specification.children("dataInput") if specification else iter(())


def _allocation(xml: Reader) -> None:
    """Policies we know, with the settings that each knows."""
    named = [(xml, xml.vendor("allocation") or "")]
    if policy_name(named[0][1]) in ("routing", "custom"):
        _refuse(xml, f"the assignment policy {named[0][1]!r} without its settings")
    for policy in xml.extensions("allocation_policy"):
        given = {str(k).rpartition("}")[2]: str(v) for k, v in policy.xml.attrib.items()}
        first = next((given.pop(k) for k in ("policy", "type", "method") if k in given), "")
        named.append((policy, first))
        _policy_settings(xml, policy, policy_name(first), given)
    for at, name in named:
        if not name.strip() or "#{" in name:
            continue
        is_one = xml.child("multiInstanceLoopCharacteristics") is None
        if policy_name(name) == "multiinstance" and is_one:
            _refuse(xml, "the assignment policy multi instance without that marker", at)
        elif policy_name(name) not in ALLOCATIONS:
            known = ", ".join(sorted(ALLOCATIONS))
            _refuse(xml, f"the assignment policy {name!r} (known: {known})", at)
        elif xml.document.semantics.assignment_policies_ignored:
            _warn(xml, "assignment policies have no effect in files of jBPM")


def _policy_settings(xml: Reader, policy: Reader, name: str, given: Mapping[str, str]) -> None:
    """A work party or the name of a function beside the policy; rows in a routing policy."""
    known = {"custom": {"name"}, "routing": set()}.get(name, {"workParty"})
    for setting in sorted(given.keys() - known):
        _refuse(xml, f"the setting {setting} of the assignment policy {name}", policy)
    if name == "custom" and not given.get("name", "").strip():
        _refuse(xml, "an assignment policy custom that names no function", policy)
    rows = list(policy.xml.iterchildren(etree.Element))
    if name != "routing":
        if rows:
            _refuse(xml, f"an assignment policy {name} with rows", policy)
        return
    if not rows:
        _refuse(xml, "an assignment policy routing without rows", policy)
    for row in rows:
        _routing_row(xml, policy, row)


def _routing_row(xml: Reader, policy: Reader, row: etree._Element) -> None:
    given = {str(k).rpartition("}")[2]: str(v) for k, v in row.attrib.items()}
    allowed = {
        "match": {"all", "any"},
        "type": {"user", "workparty", "role", "group", "advance"},
        "sort": {"name", "load"},
    }
    for key, value in given.items():
        if key in allowed and policy_name(value) not in allowed[key]:
            _refuse(xml, f"{key} {value!r} in a row of an assignment policy", policy)
        elif key not in allowed and key not in ("condition", "assignee"):
            _refuse(xml, f"the setting {key} in a row of an assignment policy", policy)
    if not given.get("assignee", "").strip():
        _refuse(xml, "a row of an assignment policy that names no assignee", policy)
    condition = given.get("condition", "true").strip().lower()
    if "#{" not in condition and condition not in ("", "true", "false"):
        _refuse(xml, f"the condition {condition!r}, which is not written as #{{...}},", policy)


def _due(xml: Reader) -> None:
    text = (xml.vendor("due_date") or "").strip()
    if text and not _is_computed(text) and not _is_due(text):
        _misfit(xml, f"dueDate is {text!r}, which is neither a date nor a period")


def _is_computed(text: str) -> bool:
    return "#{" in text or "${" in text or text.startswith("=")


def _is_due(text: str) -> bool:
    try:
        if not text.startswith("P"):
            return bool(datetime.fromisoformat(text))
        span = engine_time(text[1:]) or iso_period(text, is_jbpm=True, with_months=True)
    except (Invalid, ValueError, OverflowError):
        return False
    return span is not None


def _extension(xml: Reader) -> None:
    if xml.flag("mustUnderstand", False):
        _refuse(xml, f"the extension {xml.attribute('definition') or ''} that must be understood")


def _correlation(xml: Reader) -> None:
    """jBPM 6 reads none of this."""
    if xml.document.semantics.conversations_ignored:
        _warn(xml, f"{xml.tag} has no effect in files of jBPM")


def _data_store(xml: Reader) -> None:
    if xml.document.semantics.data_stores_ignored:
        _warn(xml, "a data store is drawn; nothing is read from it or written to it")


def _association(xml: Reader, stores: Set[str]) -> None:
    """Data stores are drawn in jBPM's files; of assignments jBPM takes the first."""
    semantics = xml.document.semantics
    ends = {xml.root_element(xml.text(tag)) for tag in ("sourceRef", "targetRef")}
    if semantics.data_stores_ignored and ends & stores:
        _warn(xml, "an association with a data store moves nothing")
    if not semantics.first_assignment_only:
        return
    target = xml.root_element(xml.text("targetRef"))
    assignments = list(xml.children("assignment"))
    for assignment in assignments[:1]:
        to = assignment.root_element(assignment.text("to"))
        if to and to != target and "." not in to:
            _warn(xml, f"the value goes to {target}, not to {to!r}")
    if len(assignments) > 1:
        _warn(xml, "only the first assignment counts")


def _resource(xml: Reader) -> None:
    """Only who may do a user task is asked of resources (``activities/candidates.py``)."""
    role = xml.xml.getparent()
    owner = None if role is None else role.getparent()
    is_asked = role is not None and local_name(role) != "resourceRole"
    if not is_asked or owner is None or local_name(owner) not in ("userTask", "globalUserTask"):
        _warn(xml, "resources are not looked up")
    elif xml.tag == "resourceParameterBinding" and not xml.document.is_jbpm:
        _refuse(xml, "a resource that is asked for by parameters")


def _io_sets(xml: Reader) -> None:
    """jBPM's sets of inputs and outputs choose nothing."""
    if not xml.document.semantics.data_sets_ignored:
        return
    for tag in ("inputSet", "outputSet"):
        if len(list(xml.children(tag))) > 1:
            _warn(xml, f"of several {tag}s all are taken together")


def _io_set(xml: Reader) -> None:
    for tag in ("whileExecutingInputRefs", "whileExecutingOutputRefs"):
        if not xml.child(tag):
            continue
        if xml.document.semantics.data_sets_ignored:
            _warn(xml, f"{tag}: data are moved at the beginning and the end only")
        else:
            _refuse(xml, f"{tag}, data that come or go while an activity is at work,")
    for tag in ("inputSetRefs", "outputSetRefs"):
        if xml.child(tag) and xml.document.semantics.data_sets_ignored:
            _warn(xml, f"{tag}: which inputs lead to which outputs is not looked at")


def _without_effect(text: str) -> Callable[[Reader], None]:
    return lambda xml: _warn(xml, text)


def _quantities(xml: Reader) -> None:
    for name in ("startQuantity", "completionQuantity"):
        if xml.document.semantics.quantities_ignored and (xml.attribute(name) or "1") != "1":
            _warn(xml, f"{name} has no effect in files of jBPM")


def _both(*rules: Callable[[Reader], None]) -> Callable[[Reader], None]:
    def rule(xml: Reader) -> None:
        for one in rules:
            one(xml)

    return rule


_RULES: Final[dict[str, Callable[[Reader], None]]] = {
    "process": check_business_objects,
    "userTask": _both(_user_task, _quantities),
    "extension": _extension,
    **dict.fromkeys(
        ("correlationProperty", "correlationKey", "correlationSubscription"), _correlation
    ),
    "dataStoreReference": _data_store,
    "ioSpecification": _io_sets,
    **dict.fromkeys(("inputSet", "outputSet"), _io_set),
    "ioBinding": _without_effect("ioBinding: a process is not called through an interface"),
    "supportedInterfaceRef": _without_effect("a process is not called through an interface"),
    "resourceRef": _resource,
    "resourceParameterBinding": _resource,
    "rendering": _without_effect("renderings are not read"),
    **dict.fromkeys(
        ("task", "serviceTask", "scriptTask", "sendTask", "receiveTask", "manualTask"), _quantities
    ),
    **dict.fromkeys(("subProcess", "adHocSubProcess", "transaction", "callActivity"), _quantities),
}
