"""Global business rule task: rules or a decision that call activities of any process use.

BPMN 2.0.2, 10.3.7. It gives and takes what its own interface declares.
"""

from __future__ import annotations

from procession.bpmn.element import element
from procession.bpmn.elements.activities.business_rule_task import BusinessRuleTask
from procession.bpmn.elements.process.global_task import with_interface
from procession.bpmn.reader import Reader


@element("globalBusinessRuleTask")
class GlobalBusinessRuleTask:
    """A business rule task that is called."""

    @classmethod
    def read(cls, xml: Reader) -> BusinessRuleTask:
        """Read it as the task it is when it is called."""
        return with_interface(BusinessRuleTask.read(xml), xml)
