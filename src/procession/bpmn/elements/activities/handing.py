"""What vendors' extensions hand to a called process and back, beside the data associations.

All variables, or some by name. The spellings stand in ``bpmn/vendor.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from procession.bpmn.elements.data.data_input_association import DataInputAssociation
from procession.bpmn.reader import Reader
from procession.core import scopes
from procession.core.ports import Purpose
from procession.core.state import ElementInstance
from procession.core.transition import Transition
from procession.values import Value

_VARIABLE: Final = re.compile(r"\$\{\s*([^\W\d]\w*)\s*\}")


@dataclass(frozen=True, kw_only=True)
class Handed:
    """What vendors' extensions hand over beside the data associations: all, or some by name."""

    everything: bool = False
    items: tuple[DataInputAssociation, ...] = ()

    def values(
        self, t: Transition, me: ElementInstance, results: Mapping[str, Value] | None = None
    ) -> dict[str, Value]:
        """Names and values: of what ``me`` sees, or of the results of the other process."""
        found: dict[str, Value] = {}
        if self.everything:
            seen = scopes.visible(t.definition, t.state, me.id) if results is None else results
            found.update(seen)
        for item in self.items:
            if results is None:
                found[item.target] = item.value(t, me)
            elif item.expression is not None:
                found[item.target] = t.evaluate(item.expression, me.id, me, results)
            else:
                found[item.target] = results.get(item.source)
        return found


NOTHING: Final = Handed()


def read_handed(xml: Reader, meaning: str, element: Reader | None, flag: str) -> Handed:
    """What is handed over one way."""
    items = []
    everything = element is not None and element.flag(flag, True)
    for one in xml.extensions(meaning):
        if one.attribute("variables") == "all":
            everything = True
        elif one.attribute("businessKey") is not None:
            one.problem("warning", "a business key is not handed on", rule="ignored")
        else:
            items.append(_item(one))
    return Handed(everything=everything, items=tuple(items))


def _item(xml: Reader) -> DataInputAssociation:
    target, source = xml.attribute("target") or "", xml.attribute("source") or ""
    text = (xml.attribute("sourceExpression") or "").strip()
    plain = _VARIABLE.fullmatch(text)
    if plain:
        source, text = plain[1], ""
    expression = xml.compile("juel", text, Purpose.EXPRESSION) if text else None
    if not target or not (source or text):
        xml.problem("error", "what is handed over needs a source and a target")
    return DataInputAssociation(target=target, source=source, expression=expression)
