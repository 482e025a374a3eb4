from __future__ import annotations

import pytest

from procession.bpmn.compiler import compile_document
from procession.errors import InvalidModel
from procession.scripting.evaluator import Evaluator
from procession.testing import Model, model
from procession.testing.runs import compile_model
from python_scripts import PythonEvaluator, compiled, faults

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def refused(xml: bytes) -> str:
    compilation = compile_document(xml, PythonEvaluator(), resource="file.bpmn")
    assert not compilation.definitions
    [problem] = compilation.errors
    return problem.text


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        (b"", "not well-formed XML"),
        (b"<a><b></a>", "not well-formed XML"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', "document type declaration"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "document type declaration"),
        (b"<x/>", "not a BPMN 2.0 definitions element"),
        (b"\xff\xfe\x00garbage", "file.bpmn"),
    ],
)
def test_what_is_no_bpmn_is_refused_with_a_reason(xml: bytes, text: str):
    assert text in refused(xml)


def test_nesting_is_bounded():
    inner = "<x>" * 250 + "</x>" * 250
    xml = f'<definitions xmlns="{BPMN}">{inner}</definitions>'

    assert "nested" in refused(xml.encode())


def test_prefixes_do_not_matter():
    plain = model().start().task("t").end().xml().decode()
    prefixed = plain.replace("<", "<b:").replace("<b:/", "</b:").replace("xmlns=", "xmlns:b=")

    nodes = list(compiled(prefixed).definitions[0].nodes)

    assert nodes == list(compiled(plain).definitions[0].nodes)


def test_every_problem_is_told_with_element_and_line():
    process = model().start().node("subChoreography", "c").task("t").script("s", "= =").end()
    process.back_to("t").timer("late", "soon").end()

    problems = compiled(process).errors

    assert [(p.element, p.rule) for p in problems] == [
        ("c", "unsupported"),
        ("s", "script"),
        ("late", "timer"),
    ]
    assert [p.line for p in problems] == sorted(p.line for p in problems)
    assert all(p.line > 1 for p in problems)


def test_a_script_is_blamed_at_its_own_line():
    xml = model().start().script("s", "a = 1\n\nb = = 2").end().xml().decode()
    line = xml.split("\n").index("b = = 2</script></scriptTask>") + 1

    [problem] = compiled(xml).errors

    assert problem.line == line


def test_a_fault_in_a_script_is_told_with_line_and_column_inside_it():
    script = model(jbpm=True, language="http://www.java.com/java").start()
    xml = script.script("s", "int a = 1;\nint b = ;").end()

    with pytest.raises(InvalidModel, match=r"\(line 2, column 9 of it\)"):
        compile_model(xml)


@pytest.mark.parametrize("tag", ["choreographyTask", "subChoreography"])
def test_an_element_we_do_not_run_is_refused_by_name_and_nothing_else_is_said(tag: str):
    process = model().start().node(tag, "x").end()

    assert faults(process) == [("x", f"{tag} is not supported")]


def test_a_loop_that_says_nothing_of_how_often_is_refused():
    process = model().start().task("t", "<multiInstanceLoopCharacteristics/>").end()

    assert [element for element, _ in faults(process)] == ["t"]


def test_an_activity_for_compensation_in_the_flow_is_refused():
    process = model().start().task("t", isForCompensation="true").end()

    assert faults(process) == [("t", "no flow leads to or from what compensates")]


def test_an_id_used_twice_is_refused_for_nodes():
    xml = model().start().task("t").end().xml().decode()

    texts = faults(xml.replace('id="flow2"', 'id="t"'))

    assert ("t", "id t is used twice") in texts


def test_a_node_no_path_leads_to_is_pointed_out():
    process = model().start().end()
    process._current = None
    process.task("lonely")

    [problem] = compiled(process).problems

    assert (problem.severity, problem.element) == ("warning", "lonely")


def test_in_jbpm_files_every_node_must_be_connected():
    process = model(jbpm=True).start().end()
    process._current = None
    process.node("manualTask", "lonely")

    assert ("lonely", "the node has no incoming connection") in faults(process)
    assert ("lonely", "the node has no outgoing connection") in faults(process)


def test_references_may_be_qualified_names():
    xml = model().start().node("exclusiveGateway", "x").task("a").end().xml().decode()
    xml = xml.replace("<definitions ", '<definitions xmlns:tns="urn:test" ')
    xml = xml.replace('sourceRef="start"', 'sourceRef="tns:start"')

    assert not compiled(xml).errors


def test_compiling_is_the_same_every_time():
    process = model().start().exclusive("x").flow("True").task("a").end()
    one, two = compiled(process).definitions[0], compiled(process).definitions[0]

    assert list(one.nodes) == list(two.nodes)
    assert [n.incoming for n in one.nodes.values()] == [n.incoming for n in two.nodes.values()]


NOWHERE = "<loopCondition language='python'>n &lt; 3</loopCondition>"
COUNTED = "<loopCardinality>2</loopCardinality><completionCondition>n == 3</completionCondition>"
ITEMS = "<loopDataInputRef>list</loopDataInputRef><inputDataItem id='one'/>"


@pytest.mark.parametrize(
    "loop",
    [
        f"<standardLoopCharacteristics>{NOWHERE}</standardLoopCharacteristics>",
        f"<multiInstanceLoopCharacteristics>{COUNTED}</multiInstanceLoopCharacteristics>",
        f"<multiInstanceLoopCharacteristics>{ITEMS}</multiInstanceLoopCharacteristics>",
    ],
)
def test_where_no_variable_is_declared_those_of_a_loop_leave_all_others_open(loop):
    text = "<script>kcontext.setVariable('n', m)</script>"
    loose = model().start().node("scriptTask", "s", loop + text, scriptFormat="python").end()
    declared = model().variable("x").start()
    declared.node("scriptTask", "s", loop + text, scriptFormat="python").end()

    assert not _problems(loose)
    assert _problems(declared)


def _problems(process: Model) -> list[str]:
    found = compile_document(process.xml(), Evaluator(), resource="a.bpmn")
    return [problem.text for problem in found.errors]
