"""The audit: H01 to H13, and R17 to R26 where 6.0 had it."""

from __future__ import annotations

from tests.golden.models import UNIT
from tests.golden.talk import Talk

OLD = f"/runtime/{UNIT}/history"


def history(say: Talk) -> None:
    """Two instances that run, one that called another, one that has ended."""
    processes, ann = say.engine.processes, say.engine.people.actor("ann")
    hiring = processes.start(ann, "acme.hiring", {"name": "Ann", "age": 1}).id
    processes.set_variables(ann, hiring, {"age": 2})
    parent = processes.start(ann, "acme.parent", {"name": "Kay"}).id
    quick = processes.start(ann, "acme.quick", {"name": "Ann"}).id
    odd = processes.start(ann, "acme.waiting", {"name": "a/b c+d?é%", "age": 2}).id
    aborted = processes.start(ann, "acme.waiting", {"name": "Ann"}).id
    processes.abort(ann, aborted)
    _instances(say, hiring, parent, quick)
    _by_variable(say)
    _below_a_deployment(say, hiring, parent)
    del odd
    _clear(say)


def _instances(say: Talk, hiring: int, parent: int, quick: int) -> None:
    say("H02", "all", "GET /history/instances")
    say("H02", "a page", "GET /history/instances?page=2&pageSize=2")
    say("H02", "the running ones", "GET /history/instances?activeProcesses=TRUE")
    say("H02", "any other word", "GET /history/instances?activeProcesses=yes&p=1&s=2")
    say("H02", "a page beyond the end", "GET /history/instances?page=9&pageSize=5")
    say("H02", "page zero, size zero", "GET /history/instances?page=0&pageSize=0")
    say("H02", "a page without a size", "GET /history/instances?page=1")
    say("H02", "a negative page", "GET /history/instances?page=-1")
    say("H02", "a size that is no number", "GET /history/instances?pageSize=x")
    say("H02", "unknown names are ignored", "GET /history/instances?color=red&s=1")
    say("H02", "the singular of the 6.0 guide", "GET /history/instance?s=1")
    say("H02", "somebody without a part", "GET /history/instances", "carl")
    say("H02", "nobody asks", "GET /history/instances", None)
    say("H03", "a running instance", f"GET /history/instance/{hiring}")
    say("H03", "one that has ended", f"GET /history/instance/{quick}")
    say("H03", "a child", f"GET /history/instance/{parent + 1}")
    say("H03", "one that never was", "GET /history/instance/99999")
    say("H03", "no number", "GET /history/instance/seven")
    say("H04", "the children", f"GET /history/instance/{parent}/child")
    say("H04", "none", f"GET /history/instance/{hiring}/child")
    say("H04", "of one that never was", "GET /history/instance/99999/child")
    say("H04", "in capital letters", f"GET /history/instance/{parent}/CHILD")
    say("H04", "another word", f"GET /history/instance/{parent}/tasks")
    say("H05", "all nodes", f"GET /history/instance/{hiring}/node")
    say("H05", "a page", f"GET /history/instance/{quick}/node?p=2&s=3")
    say("H05", "of one that never was", "GET /history/instance/99999/node")
    say("H06", "one node", f"GET /history/instance/{hiring}/node/_2")
    say("H06", "a node that is not there", f"GET /history/instance/{hiring}/Node/_77")
    say("H07", "every change", f"GET /history/instance/{hiring}/variable")
    say("H07", "of one that never was", "GET /history/instance/99999/variable")
    say("H08", "one variable", f"GET /history/instance/{hiring}/variable/age")
    say("H08", "a variable that is not there", f"GET /history/instance/{hiring}/variable/nope")
    say("H09", "all of a definition", "GET /history/process/acme.hiring")
    say("H09", "the running ones", "GET /history/process/acme.waiting?status=1")
    say("H09", "the aborted ones", "GET /history/process/acme.waiting?status=3")
    say("H09", "the completed ones", "GET /history/process/acme.quick?status=2")
    say("H09", "a status that is no number", "GET /history/process/acme.quick?status=done")
    say("H09", "an unknown definition", "GET /history/process/acme.nope")


def _by_variable(say: Talk) -> None:
    say("H10", "every change of a variable", "GET /history/variable/name")
    say("H10", "in running instances", "GET /history/variable/name?activeProcesses=true")
    say("H10", "a page", "GET /history/variable/name?page=2&pageSize=2")
    say("H10", "an unknown variable", "GET /history/variable/nope")
    say("H11", "to one value", "GET /history/variable/name/value/Ann")
    say("H11", "in running instances", "GET /history/variable/name/value/Ann?activeProcesses=true")
    say("H11", "any character", "GET /history/variable/name/value/a%2Fb%20c+d%3F%C3%A9%25")
    say("H11", "a slash as it is", "GET /history/variable/name/value/a/b%20c+d%3F%C3%A9%25")
    say("H11", "a value that is not there", "GET /history/variable/name/value/ann")
    say("H12", "instances, once for each change", "GET /history/variable/age/instances")
    say("H12", "the running ones", "GET /history/variable/name/instances?activeProcesses=true")
    say("H12", "a page", "GET /history/variable/age/instances?p=2&s=1")
    say("H12", "an unknown variable", "GET /history/variable/nope/instances")
    say("H13", "instances of one value", "GET /history/variable/age/value/2/instances")
    say(
        "H13", "any character", "GET /history/variable/name/value/a%2Fb%20c+d%3F%C3%A9%25/instances"
    )
    say(
        "H13",
        "the running ones",
        "GET /history/variable/name/value/Ann/instances?activeProcesses=true",
    )
    say("H13", "a value that is not there", "GET /history/variable/name/value/ann/instances")


def _below_a_deployment(say: Talk, hiring: int, parent: int) -> None:
    say("R18", "all", f"GET {OLD}/instances?s=2")
    say("R18", "the deployment is ignored", "GET /runtime/no:such:1/history/instances?s=1")
    say("R19", "a list of one", f"GET {OLD}/instance/{hiring}")
    say("R19", "one that never was", f"GET {OLD}/instance/99999")
    say("R20", "children", f"GET {OLD}/instance/{parent}/child")
    say("R20", "nodes", f"GET {OLD}/instance/{hiring}/node?s=1")
    say("R20", "variables", f"GET {OLD}/instance/{hiring}/Variable")
    say("R20", "another word", f"GET {OLD}/instance/{hiring}/tasks")
    say("R21", "one node", f"GET {OLD}/instance/{hiring}/node/_1")
    say("R21", "one variable", f"GET {OLD}/instance/{hiring}/variable/age")
    say("R21", "another word", f"GET {OLD}/instance/{hiring}/tasks/_1")
    say("R22", "of a definition", f"GET {OLD}/process/acme.waiting?status=3")
    say("R22", "a status that is no number", f"GET {OLD}/process/acme.waiting?status=x")
    say("R22", "of an instance, as the guide calls it", f"GET {OLD}/process/{hiring}")
    say("R23", "every change of a variable", f"GET {OLD}/variable/age")
    say("R24", "to one value", f"GET {OLD}/variable/age/value/7")
    say("R24", "a value that is not there", f"GET {OLD}/variable/age/value/8")
    say("R25", "instances, once for each change", f"GET {OLD}/variable/age/instances?s=2")
    say("R26", "instances of one value", f"GET {OLD}/variable/age/value/7/instances")
    say("R26", "a value that is not there", f"GET {OLD}/variable/age/value/8/instances")


def _clear(say: Talk) -> None:
    say("H01", "somebody who may not", "POST /history/clear")
    say("H01", "by the wrong method", "GET /history/clear")
    say("R17", "somebody who may not", f"POST {OLD}/clear")
    say("H01", "an administrator", "POST /history/clear", "boss")
    say("H02", "what is left after clearing", "GET /history/instances", "boss")
    say("R17", "an administrator", f"POST {OLD}/clear", "boss")
