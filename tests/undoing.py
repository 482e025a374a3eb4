"""Models with compensation: what undoes an activity, as XML to put beside it."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from procession.testing import Model

COMPENSATE = "<compensateEventDefinition/>"
CANCEL = "<cancelEventDefinition/>"


def compensate(activity: str = "", wait: bool = True) -> str:
    """A throwing definition."""
    named = f" activityRef={quoteattr(activity)}" if activity else ""
    return f"<compensateEventDefinition{named} waitForCompletion='{str(wait).lower()}'/>"


def undo(
    host: str, handler: str = "", tag: str = "manualTask", inside: str = "", more: str = ""
) -> str:
    """A compensation event at the boundary of ``host`` and the activity that undoes it."""
    handler = handler or f"undo_{host}"
    return (
        f"<boundaryEvent id='at_{host}' attachedToRef='{host}'>{COMPENSATE}</boundaryEvent>"
        f"<{tag} id='{handler}' isForCompensation='true' {more}>{inside}</{tag}>"
        f"<association id='to_{handler}' sourceRef='at_{host}' targetRef='{handler}'/>"
    )


def undoing(id: str, *inside: str, attributes: str = "") -> str:
    """An event sub-process that undoes the sub-process around it by what stands ``inside``.

    The nodes ``inside`` follow each other; each is XML with the id ``<id>.<number>`` for ``@``.
    """
    nodes = [f"<startEvent id='{id}.0'>{COMPENSATE}</startEvent>"]
    nodes += [text.replace("@", f"{id}.{number}") for number, text in enumerate(inside, 1)]
    nodes.append(f"<endEvent id='{id}.{len(inside) + 1}'/>")
    flows = [
        f"<sequenceFlow id='{id}-{n}' sourceRef='{id}.{n}' targetRef='{id}.{n + 1}'/>"
        for n in range(len(inside) + 1)
    ]
    parts = "".join(nodes + flows)
    return f"<subProcess id='{id}' triggeredByEvent='true' {attributes}>{parts}</subProcess>"


def begin_transaction(process: Model, id: str, **attributes: str) -> Model:
    """Begin a transaction as :meth:`Model.sub` begins a sub-process; end it by :func:`end`."""
    process.sub(id, **attributes)
    level, opening, parts = process._levels.pop()
    process._levels.append((level, opening.replace("<subProcess", "<transaction", 1), parts))
    return process


def end_transaction(process: Model) -> Model:
    """End the transaction; it becomes the current node."""
    process.end_sub()
    parts = process._levels[-1][2]
    parts[-1] = parts[-1].removesuffix("</subProcess>") + "</transaction>"
    return process
