from __future__ import annotations

import pytest

from procession.core.graph import MessageRoute
from procession.testing import model
from procession.testing.models import message
from python_scripts import compiled, definition, faults

OTHER = """<process id="other"><startEvent id="s2"/><sequenceFlow id="f" sourceRef="s2"
targetRef="c2"/><intermediateCatchEvent id="c2"><messageEventDefinition {}/>
</intermediateCatchEvent><sequenceFlow id="g" sourceRef="c2" targetRef="e2"/><endEvent id="e2"/>
</process>"""
NAMED = 'messageRef="m"'


def drawn(target: str = "c2", sends: str = message("m"), receives: str = NAMED):
    pools = '<participant id="p1" processRef="process"/><participant id="p2" processRef="other"/>'
    pools += '<participant id="p3" name="outside"/>'
    flow = f'<messageFlow id="mf" sourceRef="t" targetRef="{target}"/>'
    process = model().root('<message id="m" name="M"/><message id="n" name="N"/>')
    process.root(f'<collaboration id="c">{pools}{flow}</collaboration>')
    process = process.start().throw("t", sends).end()
    xml = process.xml().decode()
    return xml.replace("</definitions>", OTHER.format(receives) + "</definitions>")


@pytest.mark.parametrize(
    ("target", "route"),
    [
        ("c2", MessageRoute(process="other", node="c2")),
        ("p2", MessageRoute(process="other")),
        ("p3", MessageRoute()),
    ],
)
def test_leads_to_a_node_a_pool_or_outside(target: str, route: MessageRoute):
    assert definition(drawn(target)).message_routes == {"t": (route,)}


def test_ends_that_name_no_message_have_the_one_of_the_other_end():
    built = definition(drawn(sends="<messageEventDefinition/>"))

    assert built.nodes["t"].definition.message.match == "M"


def test_ends_that_both_name_none_have_one_of_their_own():
    xml = drawn(sends="<messageEventDefinition/>", receives="")

    first, second = compiled(xml).definitions

    assert first.nodes["t"].definition.message == second.nodes["c2"].definition.message
    assert not compiled(xml).problems


def test_different_messages_at_its_ends_are_warned_of():
    (problem,) = compiled(drawn(receives='messageRef="n"')).problems

    assert problem.element == "mf"
    assert problem.text == "the flow leads from message m to message n: nothing arrives"


@pytest.mark.parametrize("target", ["e2", "nowhere"])
def test_an_end_that_receives_nothing_is_warned_of(target: str):
    found = compiled(drawn(target)).problems

    assert {(p.element, p.severity) for p in found} == {("mf", "warning")}
    assert not faults(drawn(target))


def test_has_no_effect_in_files_of_jbpm():
    xml = drawn("p2").replace("<definitions", '<definitions xmlns:d="http://www.jboss.org/drools"')

    assert all(not each.message_routes for each in compiled(xml).definitions)
