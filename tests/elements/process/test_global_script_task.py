from __future__ import annotations

from procession.testing import start
from python_scripts import compiled
from tests.elements.process.test_global_task import beside, task


def test_runs_its_script_on_the_variables_of_the_call():
    xml = (
        '<globalScriptTask id="g" scriptLanguage="python">'
        "<script>kcontext.setVariable('y', x + 1)</script></globalScriptTask>"
    )
    run = start(task(xml), x=1)

    assert run.is_completed
    assert run.variables == {"x": 1, "y": 2}


def test_a_fault_in_the_script_is_a_problem_of_the_file():
    xml = '<globalScriptTask id="g"><script>x = = 1</script></globalScriptTask>'

    [problem] = compiled(beside(xml)).errors
    assert problem.element == "g"
    assert problem.rule == "script"
