"""Collaboration: the pools around processes, the message flows between them, and their keys.

BPMN 2.0.2, 9. A participant gives its process a name to show; a participant without a process is
somebody outside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from lxml import etree

from procession.bpmn.element import element
from procession.bpmn.elements.correlation.correlation_key import CorrelationKey
from procession.bpmn.elements.process.message_flow import MessageFlow
from procession.bpmn.reader import Reader, is_bpmn, local_name


@element("collaboration")
@dataclass(frozen=True, kw_only=True)
class Collaboration:
    """Names of participants and ids of pools by process, flows, and correlation keys by id.

    ``pools`` maps a participant to its process, ``""`` for one outside.
    """

    id: str
    participants: Mapping[str, str]
    pools: Mapping[str, str]
    message_flows: tuple[MessageFlow, ...] = ()
    keys: tuple[CorrelationKey, ...] = ()

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the participants, the flows, and the keys of all conversations."""
        found: dict[str, str] = {}
        pools: dict[str, str] = {}
        for participant in xml.children("participant"):
            process = xml.root_element(participant.attribute("processRef"))
            pools[participant.id] = process
            if process:
                found[process] = participant.attribute("name") or participant.id
        keys = [
            CorrelationKey.read(Reader(at, xml.document, xml.place))
            for at in xml.xml.iter(etree.Element)
            if is_bpmn(at) and local_name(at) == "correlationKey"
        ]
        return cls(
            id=xml.id,
            participants=found,
            pools=pools,
            message_flows=tuple(MessageFlow.read(flow) for flow in xml.children("messageFlow")),
            keys=tuple(keys),
        )
