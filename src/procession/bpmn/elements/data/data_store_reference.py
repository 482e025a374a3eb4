"""Data store reference: where a process reads or writes a data store.

BPMN 2.0.2, 10.4.1.4. One that refers to no store stands for a store of its own name. In jBPM's
files references are drawn, and associations with them move nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from lxml import etree

from procession.bpmn.element import element
from procession.bpmn.elements.data.data_store import DataStore
from procession.bpmn.reader import Document, Place, Reader


@element("dataStoreReference")
@dataclass(frozen=True, kw_only=True)
class DataStoreReference:
    """An id that stands for a store."""

    id: str
    store: DataStore

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the reference."""
        target = xml.root_element(xml.attribute("dataStoreRef"))
        store = xml.document.root_elements.data_stores.get(target)
        if target and store is None:
            xml.problem("warning", f"data store {target} is not declared", rule="reference")
        return cls(id=xml.id, store=store or DataStore.read(xml))


def read_data_stores(root: etree._Element, document: Document) -> None:
    """Read the stores of a file and what refers to them; to be done before the processes."""
    known = document.root_elements
    place = Place()
    for at in root.iterchildren("{*}dataStore"):
        store = DataStore.read(Reader(at, document, place))
        known.data_stores[store.id] = store
    for at in root.iter("{*}dataStoreReference"):
        reference = DataStoreReference.read(Reader(at, document, place))
        known.store_references[reference.id] = reference.store
