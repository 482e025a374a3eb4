"""Work items: R11 to R13."""

from __future__ import annotations

from tests.golden.models import UNIT
from tests.golden.talk import FORM, Talk

R = f"/runtime/{UNIT}/workitem"


def work_items(say: Talk) -> None:
    """Look, complete, abort."""
    ann = say.engine.people.actor("ann")

    def item(process: str = "acme.robot", **variables: object) -> int:
        number = say.engine.processes.start(ann, process, variables).id
        return number + 1

    first, second, third = item(name="Ann"), item(name="Bob"), item(name="Cid")
    say("R11", "an open work item", f"GET {R}/{first}")
    say("R11", "that of a human task", f"GET {R}/{item('acme.hiring', name='Eve')}")
    say("R11", "one that never was", f"GET {R}/99999")
    say("R11", "a negative number", f"GET {R}/-1")
    say("R11", "somebody else's", f"GET {R}/{first}", "carl")
    say("R12", "with results", f"POST {R}/{first}/complete?map_sent=yes&map_count=3i")
    say("R12", "the same again", f"POST {R}/{first}/complete")
    say("R12", "one that never was", f"POST {R}/99999/complete")
    say(
        "R12",
        "results of a form body, any case",
        f"POST {R}/{second}/Complete",
        body="map_sent=no",
        content_type=FORM,
    )
    say("R12", "the same result twice", f"POST {R}/{third}/complete?map_a=1&map_a=2")
    say("R12", "another word", f"POST {R}/{third}/finish")
    say("R11", "one that is completed", f"GET {R}/{first}")
    say("R13", "an open work item", f"POST {R}/{third}/abort")
    say("R13", "the same again", f"POST {R}/{third}/abort")
    say("R13", "one that never was", f"POST {R}/99999/abort")
    say("R13", "by the wrong method", f"GET {R}/{third}/abort")
