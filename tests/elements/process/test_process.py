from __future__ import annotations

from procession.core import commands as c
from procession.core.state import InstanceStatus
from procession.testing import model
from python_scripts import compiled, definition, play


def test_says_what_it_is():
    process = model(jbpm=True).attribute("name", "My Process").attribute("d:version", "1.2")
    built = definition(process.attribute("d:packageName", "org.x").start().end())

    assert (built.id, built.name, built.version, built.package) == (
        "process",
        "My Process",
        "1.2",
        "org.x",
    )
    assert built.is_jbpm


def test_its_own_extensions_are_attributes():
    xml = model().inside(
        '<extensionElements><o:businessObject name="Booking"><o:field name="room" type="String"/>'
        '<o:businessObject name="Guest"><o:field name="age" type="Integer"/></o:businessObject>'
        "</o:businessObject></extensionElements>"
    )
    text = (
        xml.start()
        .end()
        .xml()
        .decode()
        .replace("<definitions ", '<definitions xmlns:o="urn:procession:oneweb:1" ')
    )
    built = definition(text.replace("<process ", '<process o:uniqueId="8a61" '))

    assert built.attributes == {
        "unique_id": "8a61",
        "business_objects": {"Booking": {"room": "String", "Guest": {"age": "Integer"}}},
    }


def test_an_empty_one_completes_at_once():
    assert play(model()).is_completed


def test_an_abort_cancels_everything():
    run = play(model().start().user("u").end())

    run.do(c.AbortProcess())

    assert run.status is InstanceStatus.ABORTED
    assert not run.state.elements
    assert not run.state.waits


def ad_hoc():
    return model(jbpm=True).attribute("d:adHoc", "true")


def test_an_ad_hoc_process_runs_its_start_event_and_never_completes_by_itself():
    process = ad_hoc().start().node("userTask", "first").back_to("first")
    process._current = None
    run = play(process.node("userTask", "other"))

    assert run.active == ["first"]
    run.complete("first")
    assert run.active == []
    assert run.status is InstanceStatus.ACTIVE


def test_an_ad_hoc_process_needs_no_start_and_its_nodes_begin_when_asked_for():
    run = play(ad_hoc().node("userTask", "a", name="Do it"))

    assert run.active == []
    run.do(c.ActivateElement("a"))
    run.do(c.ActivateElement("a"))
    assert run.active == ["a", "a"]


def test_an_ad_hoc_process_ends_by_a_terminate_event():
    process = ad_hoc().node("userTask", "a")
    run = play(process.node("endEvent", "stop", "<terminateEventDefinition/>"))

    run.do(c.ActivateElement("a"))
    run.complete("a")

    assert run.is_completed


def test_metadata_says_what_of_an_ad_hoc_process_begins_by_itself():
    begins = '<extensionElements><d:metaData name="customAutoStart"><d:metaValue>true</d:metaValue>'
    process = ad_hoc().node("userTask", "a", begins + "</d:metaData></extensionElements>")
    process._current = None

    assert play(process.node("userTask", "b")).active == ["a"]


def test_a_file_may_hold_several():
    one = model("one").start().end().xml().decode()
    two = model("two").start("s2").end("e2").xml().decode()
    two = two[two.index("<process") : two.index("</definitions>")].replace("flow1", "flow2")

    built = compiled(one.replace("</definitions>", two + "</definitions>"))

    assert [d.id for d in built.definitions] == ["one", "two"]
    assert not built.errors
