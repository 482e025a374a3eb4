"""Process instances, their signals and variables: R02 to R10, R14 to R16."""

from __future__ import annotations

from tests.golden.models import UNIT
from tests.golden.talk import FORM, Talk

R = f"/runtime/{UNIT}"


def processes(say: Talk) -> None:
    """Definitions, starts, signals, variables."""
    _definitions(say)
    _starts(say)
    _instances(say)
    _signals(say)
    _variables(say)
    _with_variables(say)


def _definitions(say: Talk) -> None:
    say("R02", "a definition with its variables", f"GET {R}/process/acme.hiring/")
    say("R02", "without the last slash", f"GET {R}/process/acme.hiring")
    say("R02", "an encoded colon", f"GET {R.replace(':', '%3A')}/process/acme.quick/")
    say("R02", "an unknown definition", f"GET {R}/process/acme.nope/")
    say("R02", "an unknown deployment", "GET /runtime/no:such:1/process/acme.hiring/")
    say("R02", "a bare word as deployment", "GET /runtime/myDeployment/process/acme.hiring/")
    say("R02", "nobody asks", f"GET {R}/process/acme.hiring/", None)
    say("R04", "where the form is shown", f"GET {R}/process/acme.hiring/startform")
    say("R04", "by POST, as 6.1 had it", f"POST {R}/process/acme.hiring/startform")
    say("R04", "of an unknown definition", f"GET {R}/process/acme.nope/startform")
    say("R04", "of an unknown deployment", "GET /runtime/no:such:1/process/acme.hiring/startform")


def _starts(say: Talk) -> None:
    start = f"POST {R}/process/acme.hiring/start"
    say("R03", "without variables", start)
    say("R03", "with a text and an Integer", f"{start}?map_name=Ann&map_age=5i")
    say(
        "R03",
        "a text in quotes, a Long, a float, a word",
        f"{start}?map_zip=%225000%22&map_n=5000&map_f=1.5&map_b=true",
    )
    say(
        "R03",
        "variables of a form body",
        start,
        body="map_name=Bob+B&map_age=31i",
        content_type=FORM,
    )
    say(
        "R03",
        "query and body together",
        f"{start}?map_name=Eve",
        body="map_age=1i",
        content_type=FORM,
    )
    say(
        "R03",
        "a JSON body",
        start,
        body='{"name":"Ann","list":[1,"two"],"nothing":null}',
        content_type="application/json",
    )
    say("R03", "a text with a plus sign and accents", f"{start}?map_name=J%C3%BCrgen+M%2BM")
    say("R03", "with a correlation key", f"{start}?corrProp=order&corrProp=17&map_name=Kay")
    say("R03", "with a correlation key that is taken", f"{start}?corrProp=order&corrProp=17")
    say("R03", "a process that ends at once", f"POST {R}/process/acme.quick/start")
    say("R03", "a process that waits for a signal", f"POST {R}/process/acme.waiting/start")
    say("R03", "a process that fails", f"POST {R}/process/acme.broken/start")
    say("R03", "an unknown process", f"POST {R}/process/acme.nope/start")
    say("R03", "an unknown deployment", "POST /runtime/no:such:1/process/acme.hiring/start")
    say("R03", "an Integer that is too long", f"{start}?map_age=12345678901i")
    say("R03", "a Long that is too long", f"{start}?map_age=1234567890123456789")
    say("R03", "the same variable twice", f"{start}?map_age=1i&map_age=2i")
    say("R03", "a variable without a name", f"{start}?map_=1")
    say("R03", "JSON that is none", start, body="{", content_type="application/json")
    say("R03", "JSON that is a list", start, body="[1]", content_type="application/json")
    say("R03", "bytes that are not UTF-8", f"{start}?map_name=%FF")
    say("R03", "by the wrong method", f"GET {R}/process/acme.hiring/start")
    say("R03", "nobody starts", start, None)


def _instances(say: Talk) -> None:
    admin = say.engine.admin
    running = say.engine.processes.start(admin, "acme.waiting").id
    ended = say.engine.processes.start(say.engine.people.actor("ann"), "acme.quick").id
    mine = say.engine.processes.start(say.engine.people.actor("ann"), "acme.waiting").id
    say("R05", "a running instance", f"GET {R}/process/instance/{mine}")
    say("R05", "a trailing slash", f"GET {R}/process/instance/{mine}/")
    say("R05", "one that has ended", f"GET {R}/process/instance/{ended}")
    say("R05", "one that is not mine", f"GET {R}/process/instance/{running}")
    say("R05", "one that never was", f"GET {R}/process/instance/99999")
    say("R05", "no number", f"GET {R}/process/instance/seven")
    say("R05", "in another deployment", f"GET /runtime/no:such:1/process/instance/{mine}")
    say(
        "R05",
        "XML in the end when nothing fits",
        f"GET {R}/process/instance/{mine}",
        accept="text/plain",
    )
    say(
        "R05",
        "what a browser accepts",
        f"GET {R}/process/instance/{mine}",
        accept="text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    )
    say(
        "R05",
        "equal quality",
        f"GET {R}/process/instance/{mine}",
        accept="application/json;q=.5, application/xml;q=0.5",
    )
    say("R06", "a running instance", f"POST {R}/process/instance/{mine}/abort")
    say("R06", "the same again", f"POST {R}/process/instance/{mine}/abort")
    say("R06", "one that is not mine", f"POST {R}/process/instance/{running}/abort")
    say("R06", "one that never was", f"POST {R}/process/instance/99999/abort")
    say("R06", "by the wrong method", f"GET {R}/process/instance/{running}/abort")


def _signals(say: Talk) -> None:
    ann = say.engine.people.actor("ann")
    first, second, third = (say.engine.processes.start(ann, "acme.waiting").id for _ in range(3))
    at = f"POST {R}/process/instance"
    say("R07", "no signal is named", f"{at}/{first}/signal")
    say("R07", "the form that the 6.0 guide shows", f"{at}/{first}/signal?mySignal=1234i")
    say("R07", "a signal it does not wait for", f"{at}/{first}/signal?signal=other")
    say(
        "R07",
        "the signal it waits for, with an event",
        f"{at}/{first}/signal?signal=mySignal&event=5i",
    )
    say("R07", "the instance has ended", f"{at}/{first}/signal?signal=mySignal")
    say("R07", "an instance that never was", f"{at}/99999/signal?signal=mySignal")
    say(
        "R07",
        "names in capital letters, in a form body",
        f"{at}/{second}/signal",
        body="SIGNAL=mySignal&Event=x",
        content_type=FORM,
    )
    say("R07", "given twice", f"{at}/{third}/signal?signal=a&signal=b")
    say("R10", "no signal is named", f"POST {R}/signal")
    say("R10", "to all that wait", f"POST {R}/signal?signal=mySignal&event=done")
    say("R10", "one that starts a process", f"POST {R}/signal?signal=fire")
    say("R10", "to nobody", f"POST {R}/signal?signal=nobody.waits")
    say("R10", "an instance that is no number", f"POST {R}/signal?signal=fire&runtimeProcInstId=x")
    say("R10", "an unknown deployment", "POST /runtime/no:such:1/signal?signal=fire")


def _variables(say: Talk) -> None:
    answer = say.server.call(
        "ann", "POST", f"/rest{R}/process/acme.waiting/start?map_long=5",
        b'{"name": "Ann", "flag": true, "half": 1.5, "list": ["a", 1], "map": {"k": "v"},'
        b'"empty": "", "odd": "<a&b>", "nothing": null}',
        content_type="application/json", accept="application/json",
    )  # fmt: skip
    number = answer.json()["id"]
    say.engine.processes.set_variables(say.engine.admin, number, {"age": 5})
    at = f"GET {R}/process/instance/{number}"
    say("R08", "all variables", f"{at}/variables")
    say("R08", "of an instance that never was", f"GET {R}/process/instance/99999/variables")
    for name, what in (
        ("name", "a text"), ("age", "an Integer"), ("long", "a Long"), ("flag", "a Boolean"),
        ("half", "a Double"), ("list", "a list"), ("map", "a map"), ("empty", "an empty text"),
        ("odd", "a text with markup"), ("nothing", "null"), ("nope", "an unknown variable"),
    ):  # fmt: skip
        say("R09", what, f"{at}/variable/{name}")
    say("R09", "of an instance that never was", f"GET {R}/process/instance/99999/variable/name")
    say(
        "R09",
        "of an instance that has ended",
        f"GET {R}/process/instance/{_ended(say)}/variable/age",
    )


def _ended(say: Talk) -> int:
    return say.engine.processes.start(say.engine.people.actor("ann"), "acme.quick").id


def _with_variables(say: Talk) -> None:
    start = f"POST {R}/withvars/process/acme.waiting/start"
    say("R14", "with variables", f"{start}?map_name=Ann&map_age=5i")
    say("R14", "without any", start)
    say("R14", "a process that ends at once", f"POST {R}/withvars/process/acme.quick/start")
    say("R14", "an unknown process", f"POST {R}/withvars/process/acme.nope/start")
    say(
        "R14", "an unknown deployment", "POST /runtime/no:such:1/withvars/process/acme.hiring/start"
    )
    say("R14", "an Integer that is too long", f"{start}?map_age=12345678901i")
    ann = say.engine.people.actor("ann")
    number = say.engine.processes.start(ann, "acme.waiting", {"name": "Ann", "age": 5}).id
    at = f"{R}/withvars/process/instance"
    say("R15", "a running instance", f"GET {at}/{number}")
    say("R15", "one that has ended", f"GET {at}/{_ended(say)}")
    say("R15", "one that never was", f"GET {at}/99999")
    say("R16", "no signal is named", f"POST {at}/{number}/signal")
    say("R16", "a signal it does not wait for", f"POST {at}/{number}/signal?signal=other")
    say("R16", "the signal that ends it", f"POST {at}/{number}/signal?signal=mySignal")
    say("R16", "an instance that never was", f"POST {at}/99999/signal?signal=mySignal")
