from __future__ import annotations

from procession.core.state import WaitKind
from procession.testing import model
from procession.testing.models import parameters
from python_scripts import faults, play


def test_passes_tokens_through_without_a_name():
    assert play(model().start().task("t").end()).is_completed


def test_opens_a_work_item_of_its_name_with_its_parameters():
    inside = parameters(
        inputs={"who": "employee", "empty": "nothing"},
        constants={"Text": '"quoted"', "Greeting": "Hello #{employee}", "Blank": ""},
    )
    run = play(model(jbpm=True).start().task("t", inside, taskName="Log").end(), employee="john")

    [wait] = run.waits(WaitKind.WORK_ITEM)

    assert wait.name == "Log"
    assert wait.parameters == {"who": "john", "Text": "quoted", "Greeting": "Hello john"}


def test_resolves_templates_that_came_from_variables_in_jbpm_files():
    inside = parameters(inputs={"text": "t"})
    run = play(model(jbpm=True).start().task("x", inside, taskName="W").end(), t="a #{b}", b=1)

    assert run.waits()[0].parameters == {"text": "a 1"}


def test_maps_results_and_wipes_what_has_none():
    inside = parameters(outputs={"a": "x", "b": "y"})
    process = model(jbpm=True).variable("x").variable("y").start()
    run = play(process.task("t", inside, taskName="W").end(), y="old")

    run.complete("t", a=5)

    assert run.variables == {"x": 5, "y": None}


def test_skips_a_result_for_something_that_is_no_variable():
    inside = parameters(outputs={"a": "nowhere"})
    run = play(model(jbpm=True).start().task("t", inside, taskName="W").end())

    run.complete("t", a=5)

    assert run.variables == {}


def test_gathers_and_multiplies_tokens_outside_jbpm():
    process = model().start().task("send", completionQuantity="2").task("pass")
    process.task("receive", startQuantity="2").end()

    assert play(process).visited == ["start", "send", "pass", "pass", "receive", "end"]


def test_refuses_a_quantity_of_zero():
    process = model().start().task("t", completionQuantity="0").end()

    assert faults(process) == [("t", "completionQuantity must be 1 or more")]


def test_in_jbpm_files_a_name_is_needed():
    [(element, text)] = faults(model(jbpm=True).start().task("t").end())

    assert element == "t"
    assert "taskName" in text


def test_a_work_item_given_up_lets_the_process_go_on_without_output():
    inside = parameters(outputs={"a": "x"})
    process = model(jbpm=True).variable("x").start().task("t", inside, taskName="W").end()
    run = play(process, x="kept")

    run.fail("t", None)

    assert run.is_completed
    assert run.variables == {"x": "kept"}


def test_entry_scripts_run_before_parameters_and_exit_scripts_after_results():
    scripts = (
        '<extensionElements><d:onEntry-script xmlns:d="http://www.jboss.org/drools">'
        "<d:script>kcontext.setVariable('x', 'set')</d:script></d:onEntry-script>"
        '<d:onExit-script xmlns:d="http://www.jboss.org/drools">'
        "<d:script>kcontext.setVariable('z', y)</d:script></d:onExit-script></extensionElements>"
    )
    inside = scripts + parameters(inputs={"p": "x"}, outputs={"r": "y"})
    process = model(jbpm=True).variable("y").start().task("t", inside, taskName="W").end()
    run = play(process)
    assert run.waits()[0].parameters == {"p": "set"}

    run.complete("t", r=9)
    assert run.variables["z"] == 9


def test_several_flows_leave_it_as_a_split():
    process = model().start().task("t").flow("n > 1").task("big").end()
    process.back_to("t").default().task("small").end()
    process.back_to("t").task("always").end()

    assert play(process, n=2).visited == ["start", "t", "big", "end", "always", "end"]
    assert play(process, n=0).visited == ["start", "t", "small", "end", "always", "end"]
