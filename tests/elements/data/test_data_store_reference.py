from __future__ import annotations

from procession.bpmn.elements.data.data_store_reference import DataStoreReference
from procession.bpmn.reader import Document, Place, Reader
from procession.bpmn.root_elements import RootElements
from procession.testing import model
from procession.testing.models import BPMN, parameters
from procession.xml_documents import parse
from python_scripts import PythonEvaluator, compiled


def read(attributes: str) -> DataStoreReference:
    xml = parse(f'<dataStoreReference xmlns="{BPMN}" {attributes}/>'.encode())
    document = Document(
        evaluator=PythonEvaluator(),
        resource="m",
        is_jbpm=False,
        strict=False,
        root_elements=RootElements(),
    )
    return DataStoreReference.read(Reader(xml, document, Place()))


def test_without_a_store_it_stands_for_one_of_its_own_name():
    assert read('id="r" name="The  files"').store.name == "The files"
    assert read('id="r"').store.name == "r"


def test_a_store_that_is_not_declared_is_warned_of():
    process = model().start().service("t", parameters(inputs={"p": "ref"})).end()
    process.inside('<dataStoreReference id="ref" dataStoreRef="files"/>')

    (problem,) = compiled(process).problems

    assert (problem.severity, problem.element) == ("warning", "ref")
