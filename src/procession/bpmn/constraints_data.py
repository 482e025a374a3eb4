"""Constraints of the specification on data: items, inputs and outputs, their sets.

BPMN 2.0.2, 10.4. Checked in strict mode, beside ``bpmn/constraints.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from lxml import etree

from procession.bpmn.problems import Problem
from procession.bpmn.reader import local_name
from procession.bpmn.strict_index import Index, found_at

Rule = Callable[[Index], Iterator[Problem]]


def _structure(index: Index, item: str | None) -> str | None:
    """What an item definition is made of; ``None`` if no item is named."""
    if not item:
        return None
    known = index.by_id.get(index.reference(item))
    return "" if known is None else known.get("structureRef") or known.get("id") or ""


def _message_structure(index: Index, message: str | None) -> str | None:
    known = index.by_id.get(index.reference(message))
    return None if known is None else _structure(index, known.get("itemRef"))


def _operations(index: Index) -> Iterator[Problem]:
    """Parameters of service tasks fit the messages of their operation (10.3.3)."""
    for task in index.all("serviceTask"):
        operation = index.by_id.get(index.reference(task.get("operationRef")))
        if operation is None or local_name(operation) != "operation":
            continue
        for tag, wanted in (("dataInput", "inMessageRef"), ("dataOutput", "outMessageRef")):
            reference = index.one(operation, wanted)
            if reference is not None:
                message = index.text(reference)
                yield from _fitting(index, task, tag, message, needed=True)


def _message_tasks(index: Index) -> Iterator[Problem]:
    """Send and receive tasks carry the one item of their message (10.3.3)."""
    for kind, tag, sets in (
        ("sendTask", "dataInput", "inputSet"),
        ("receiveTask", "dataOutput", "outputSet"),
    ):
        for task in index.all(kind):
            io = index.one(task, "ioSpecification")
            if io is None:
                continue
            if len(list(index.children(io, sets))) > 1 or len(list(index.children(io, tag))) > 1:
                yield found_at(task, f"a {kind} has one {tag} in one {sets}", "10.3.3")
            yield from _fitting(index, task, tag, task.get("messageRef"), needed=False)


def _fitting(
    index: Index, task: etree._Element, tag: str, message: str | None, *, needed: bool
) -> Iterator[Problem]:
    io = index.one(task, "ioSpecification")
    found = [] if io is None else list(index.children(io, tag))
    wanted = _message_structure(index, message)
    if needed and len(found) != 1:
        yield found_at(task, f"the operation needs exactly one {tag}", "10.3.3")
    for data in found:
        if message and _structure(index, data.get("itemSubjectRef")) != wanted:
            yield found_at(data, f"{tag} and message are made of different items", "10.3.3")


def _event_data(index: Index) -> Iterator[Problem]:
    """What an event carries is what its definitions are made of, one for each (10.5.1)."""
    for node in index.nodes:
        carried = [_carried(index, what) for what in index.definitions(node)]
        found = [*index.children(node, "dataInput"), *index.children(node, "dataOutput")]
        if len(carried) > 1 and found:
            wanted = sum(1 for each in carried if each is not None)
            if len(found) != wanted:
                text = (
                    f"{wanted} definitions carry data, so the event has as many, not {len(found)}"
                )
                yield found_at(node, text, "10.5.1")
        for data in found if len(carried) == 1 else ():
            given = _structure(index, data.get("itemSubjectRef"))
            if carried[0] is not None and given is not None and given != carried[0]:
                yield found_at(data, "event and data are made of different items", "10.5.1")


def _carried(index: Index, what: etree._Element) -> str | None:
    """What an event definition carries is made of; ``None`` if it says nothing of that."""
    tag = local_name(what)
    if tag == "messageEventDefinition":
        return _message_structure(index, what.get("messageRef"))
    kind = tag.removesuffix("EventDefinition")
    if kind not in ("error", "signal", "escalation"):
        return None
    thrown = index.by_id.get(index.reference(what.get(f"{kind}Ref")))
    return None if thrown is None else _structure(index, thrown.get("structureRef"))


def _bindings(index: Index) -> Iterator[Problem]:
    """Data that are bound to an operation are made of what its messages carry (10.4.1)."""
    for binding in index.all("ioBinding"):
        operation = index.by_id.get(index.reference(binding.get("operationRef")))
        if operation is None:
            continue
        for name, tag in (("inputDataRef", "inMessageRef"), ("outputDataRef", "outMessageRef")):
            data = index.by_id.get(index.reference(binding.get(name)))
            message = index.one(operation, tag)
            if data is None or message is None:
                continue
            wanted = _message_structure(index, index.text(message))
            if _structure(index, data.get("itemSubjectRef")) != wanted:
                yield found_at(data, f"{name} and {tag} are made of different items", "10.4.1")


def _states(index: Index) -> Iterator[Problem]:
    """A reference in a state is called by its data object and the state (10.4.1)."""
    for at in index.all("dataObjectReference"):
        state, owner = index.one(at, "dataState"), at.get("dataObjectRef")
        named = index.by_id.get(index.reference(owner))
        if state is None or named is None:
            continue
        wanted = f"{named.get('name') or ''} [{state.get('name') or ''}]"
        if at.get("name") is not None and at.get("name") != wanted and named.get("name"):
            yield found_at(at, f"the reference should be called {wanted!r}", "10.4.1")


def _collections(index: Index) -> Iterator[Problem]:
    """What holds an item is a collection if the item is one (10.4.1, 10.4.2)."""
    for tag in ("dataObject", "dataInput", "dataOutput"):
        for at in index.all(tag):
            item = index.by_id.get(index.reference(at.get("itemSubjectRef")))
            if item is None:
                continue
            mine, its = (each.get("isCollection", "false") in ("true", "1") for each in (at, item))
            if mine != its:
                yield found_at(at, f"isCollection of the {tag} is not that of its item", "10.4.1")


def _associations(index: Index) -> Iterator[Problem]:
    """Values flow into parameters and out of results, never the other way (10.4.2)."""
    for tag, name, wrong in (
        ("dataOutputAssociation", "targetRef", "dataInput"),
        ("dataInputAssociation", "sourceRef", "dataOutput"),
    ):
        for at in index.all(tag):
            for child in index.children(at, name):
                end = index.by_id.get(index.text(child))
                if end is not None and local_name(end) == wrong:
                    yield found_at(at, f"{name} cannot be a {wrong}", "10.4.2")


def _sets(index: Index) -> Iterator[Problem]:
    """Sets that refer to each other do so mutually; partial lists are parts (10.4.2)."""
    for mine, theirs in (("inputSet", "outputSet"), ("outputSet", "inputSet")):
        for at in index.all(mine):
            for child in index.children(at, f"{theirs}Refs"):
                other = index.by_id.get(index.text(child))
                back = [] if other is None else index.children(other, f"{mine}Refs")
                if at.get("id") not in [index.text(b) for b in back]:
                    yield found_at(at, f"{theirs}Refs is not answered there", "10.4.2")
            data = "dataInputRefs" if mine == "inputSet" else "dataOutputRefs"
            whole = {index.text(child) for child in index.children(at, data)}
            for kind in ("optional", "whileExecuting"):
                for child in index.children(at, f"{kind}{data[4:]}"):
                    if index.text(child) not in whole:
                        yield found_at(at, f"{child.text} is not among {data}", "10.4.2")


def _calls(index: Index) -> Iterator[Problem]:
    """A call gives and takes what the called process does; interfaces are bound (10.3.6)."""
    for call in index.all("callActivity"):
        called = index.by_id.get(index.reference(call.get("calledElement")))
        if called is None:
            continue
        for tag in ("dataInput", "dataOutput"):
            if _items(index, call, tag) != _items(index, called, tag):
                text = f"the {tag}s of call and called process differ"
                yield found_at(call, text, "10.3.6")
    for process in index.all("process"):
        offers = index.one(process, "supportedInterfaceRef") is not None
        if offers and index.one(process, "ioBinding") is None:
            yield found_at(process, "an interface is supported but not bound", "10.3.6")


def _items(index: Index, at: etree._Element, tag: str) -> list[str]:
    io = index.one(at, "ioSpecification")
    found = [] if io is None else index.children(io, tag)
    return sorted(_structure(index, data.get("itemSubjectRef")) or "" for data in found)


def _loops(index: Index) -> Iterator[Problem]:
    """An item of a loop is one of what its collection is made of, and none itself (10.3.8)."""
    for loop in index.all("multiInstanceLoopCharacteristics"):
        for tag, name in (
            ("inputDataItem", "loopDataInputRef"),
            ("outputDataItem", "loopDataOutputRef"),
        ):
            item, reference = index.one(loop, tag), index.one(loop, name)
            whole = None if reference is None else index.by_id.get(index.text(reference))
            if item is None or whole is None:
                continue
            kinds = [
                index.by_id.get(index.reference(x.get("itemSubjectRef"))) for x in (item, whole)
            ]
            one, many = kinds
            if one is None or many is None:
                continue
            if one.get("isCollection") == "true" or item.get("isCollection") == "true":
                yield found_at(item, f"{tag} is a collection itself", "10.3.8")
            elif many.get("isCollection") == "true" and (
                one.get("structureRef") != many.get("structureRef")
            ):
                yield found_at(item, f"{tag} is not what the collection is made of", "10.3.8")


DATA_RULES: Final[tuple[Rule, ...]] = (
    _operations,
    _message_tasks,
    _event_data,
    _bindings,
    _states,
    _collections,
    _associations,
    _sets,
    _calls,
    _loops,
)
