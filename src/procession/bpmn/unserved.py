"""What a file may say and this version does not do: nothing of it is accepted in silence.

Elements that no file of ``bpmn/elements`` reads are refused by the compiler. Here stands what is
smaller than an element, or drawn beside the process: it is **refused** where leaving it out would
change who does what and when, and a **warning** names it where the process runs the same without
it. ``reference/jbpm-engine.md`` 1.2, 1.11, 5.8; ``reference/oneweb-rest-api.md`` 3.5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from datetime import datetime
from typing import Final

from lxml import etree

from procession.bpmn.reader import Document, Place, Reader, is_bpmn, local_name
from procession.bpmn.timer_expressions.spans import engine_time, iso_period
from procession.bpmn.vendor import ALLOCATIONS, ATTRIBUTES, ELEMENTS, METADATA, ONEWEB
from procession.errors import Invalid

DEADLINES: Final = frozenset(
    {"NotStartedReassign", "NotCompletedReassign", "NotStartedNotify", "NotCompletedNotify"}
)
"""Parameters of a user task that would hand it on, or send notes, after a time."""

_NAMES: Final = ("", "http://www.mvel.org/2.0")
_NOT_READ: Final = ("scriptTask", "businessRuleTask")
_REACHES: Final = frozenset({"default", "processInstance", "runtimeManager", "project", "external"})


def check_unserved(root: etree._Element, document: Document) -> None:
    """Report everything of a file that would have no effect."""
    stores = {str(at.get("id")) for at in root.iter("{*}dataStoreReference")}
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


def _refuse(xml: Reader, what: str, at: Reader | None = None) -> None:
    """Refuse, naming the element ``xml`` and the line of ``at``."""
    xml.document.refused.add(xml.owner_id)
    line = at.line if at else 0
    xml.problem("error", f"{what} is not supported", rule="unsupported", line=line)


def _warn(xml: Reader, text: str) -> None:
    xml.problem("warning", text, rule="ignored")


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
        if name in DEADLINES and given.strip():
            _refuse(xml, f"the deadline {name} of a user task", association)
    for tag in ("potentialOwner", "humanPerformer", "performer"):
        for owner in xml.children(tag):
            assigned = owner.child("resourceAssignmentExpression")
            if owner.child("resourceRef") and not (assigned and assigned.text()):
                _refuse(xml, f"a {tag} that refers to a resource", owner)
            expression = assigned.child("formalExpression") if assigned else None
            language = (expression.attribute("language") if expression else None) or ""
            if not xml.document.is_jbpm and language not in _NAMES:
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
    if priority and "#{" not in priority and not priority.strip().isdigit():
        _warn(xml, f"priority is {priority!r}, which is no whole number: 50 is taken")


def _inputs(xml: Reader) -> Iterator[Reader]:
    specification = xml.child("ioSpecification")
    return specification.children("dataInput") if specification else iter(())


def _allocation(xml: Reader) -> None:
    """Policies we know, and nothing besides the policy's name."""
    named = [(xml, xml.vendor("allocation") or "")]
    for policy in xml.extensions("allocation_policy"):
        given = {str(k).rpartition("}")[2]: str(v) for k, v in policy.xml.attrib.items()}
        first = next((given.pop(k) for k in ("policy", "type", "method") if k in given), "")
        named.append((policy, first))
        if given or len(policy.xml):
            _refuse(xml, "an assignment policy with settings of its own", policy)
    for at, name in named:
        if not name.strip() or "#{" in name:
            continue
        if name.strip().lower() not in ALLOCATIONS:
            known = ", ".join(sorted(ALLOCATIONS))
            _refuse(xml, f"the assignment policy {name!r} (known: {known})", at)
        elif xml.document.is_jbpm:
            _warn(xml, "assignment policies have no effect in files of jBPM")


def _due(xml: Reader) -> None:
    text = (xml.vendor("due_date") or "").strip()
    if text and "#{" not in text and not _is_due(text):
        _warn(xml, f"dueDate is {text!r}, which is neither a date nor a period: there is none")


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
    """Messages go by name and the key they are sent with; jBPM 6 reads none of this."""
    if xml.document.is_jbpm:
        _warn(xml, f"{xml.tag} has no effect in files of jBPM")
    else:
        _refuse(xml, xml.tag)


def _data_store(xml: Reader) -> None:
    _warn(xml, "a data store is drawn; nothing is read from it or written to it")


def _association(xml: Reader, stores: Set[str]) -> None:
    """Data stores are drawn, as in jBPM; of assignments jBPM takes the first."""
    ends = {xml.root_element(xml.text(tag)) for tag in ("sourceRef", "targetRef")}
    if ends & stores:
        _warn(xml, "an association with a data store moves nothing")
    if len(list(xml.children("sourceRef"))) > 1:
        xml.refuse("an association with several sources")
    target = xml.root_element(xml.text("targetRef"))
    for assignment in xml.children("assignment"):
        to = assignment.root_element(assignment.text("to"))
        if to and to != target:
            _warn(xml, f"the value goes to {target}, not to {to!r}")
    assignments = list(xml.children("assignment"))
    if len(assignments) > 1 and xml.document.is_jbpm:
        _warn(xml, "only the first assignment counts")
    elif len(assignments) > 1:
        xml.refuse("an association with several assignments")


def _io_sets(xml: Reader) -> None:
    """The sets of inputs and outputs choose nothing."""
    for tag in ("inputSet", "outputSet"):
        if len(list(xml.children(tag))) > 1:
            _warn(xml, f"of several {tag}s all are taken together")


def _io_set(xml: Reader) -> None:
    for tag in ("whileExecutingInputRefs", "whileExecutingOutputRefs"):
        if xml.child(tag):
            _warn(xml, f"{tag}: data are moved at the beginning and the end only")
    for tag in ("inputSetRefs", "outputSetRefs"):
        if xml.child(tag):
            _warn(xml, f"{tag}: which inputs lead to which outputs is not looked at")


def _without_effect(text: str) -> Callable[[Reader], None]:
    return lambda xml: _warn(xml, text)


def _throw(xml: Reader) -> None:
    """jBPM delivers a signal later if the event has an input called ``async``."""
    is_signal = xml.child("signalEventDefinition") is not None
    for given in xml.children("dataInput"):
        if is_signal and xml.document.is_jbpm and given.attribute("name") == "async":
            _refuse(xml, "a signal that is delivered later (async)", given)


def _quantities(xml: Reader) -> None:
    for name in ("startQuantity", "completionQuantity"):
        if xml.document.is_jbpm and (xml.attribute(name) or "1") != "1":
            _warn(xml, f"{name} has no effect in files of jBPM")


def _both(*rules: Callable[[Reader], None]) -> Callable[[Reader], None]:
    def rule(xml: Reader) -> None:
        for one in rules:
            one(xml)

    return rule


_RULES: Final[dict[str, Callable[[Reader], None]]] = {
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
    "resourceRef": _without_effect("resources are not looked up"),
    "resourceParameterBinding": _without_effect("resources are not looked up"),
    "rendering": _without_effect("renderings are not read"),
    **dict.fromkeys(("intermediateThrowEvent", "endEvent"), _throw),
    **dict.fromkeys(
        ("task", "serviceTask", "scriptTask", "sendTask", "receiveTask", "manualTask"), _quantities
    ),
    **dict.fromkeys(("subProcess", "callActivity"), _quantities),
}
