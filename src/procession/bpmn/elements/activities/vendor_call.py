"""Who does a piece of work, as extensions of other vendors say: a topic, a class, an expression.

A class or bean stands for a Python function that is registered under its name; a topic is the name
of the work item; an expression is computed in place. The spellings stand in ``bpmn/vendor.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from procession.bpmn.reader import Reader
from procession.core.ports import Purpose, Script
from procession.values import Map, Value

_BEAN: Final = re.compile(r"[$#]\{\s*([^\W\d]\w*)\s*\}")


@dataclass(frozen=True, kw_only=True)
class VendorCall:
    """What is called; nothing if all is empty."""

    task_name: str = ""
    delegate: str = ""
    expression: Script | None = None

    def work_item(
        self, name: str, given: Mapping[str, Value], said: Mapping[str, Value] | None = None
    ) -> tuple[str, dict[str, Value]]:
        """Name and parameters of the work item that is opened.

        What is ``given`` goes before what the model ``said``; a delegate is given it as one map.
        """
        values: dict[str, Value] = {}
        if self.delegate:
            values = {"Interface": self.delegate, "Operation": "execute"}
        values |= {name: value for name, value in (said or {}).items() if value}
        values |= {"Parameter": Map(given)} if self.delegate else given
        return self.task_name or ("Service Task" if self.delegate else name), values


NO_CALL: Final = VendorCall()


def vendor_call(xml: Reader) -> VendorCall:
    """Who does it, as vendors' extensions say; files of jBPM have none."""
    if xml.document.is_jbpm:
        return NO_CALL
    bean = _BEAN.fullmatch((xml.vendor("delegate") or "").strip())
    if xml.vendor("delegate") and bean is None:
        xml.refuse("a delegateExpression that is more than the name of a bean")
    text = xml.vendor("expression")
    return VendorCall(
        task_name=xml.vendor("task_name") or xml.vendor("topic") or "",
        delegate=(xml.vendor("class") or "").strip() or (bean[1] if bean else ""),
        expression=xml.compile("juel", text, Purpose.EXPRESSION) if text else None,
    )
