"""Every command C01 to C71, once well and once badly, as each version sends it.

``reference/jbpm-rest-api.md`` 5.6. What a version never sent is said in its name all the same,
for every command is taken from every client. The address and ``ver`` are those of the version.
"""

from __future__ import annotations

import re

from tests.golden.models import UNIT
from tests.golden.scenarios.commands import VERSIONS, XS
from tests.golden.talk import XML, Answer, Talk

RULES = "com.acme:rules:1.0"
_DRL = b"""package acme
global java.lang.Integer limit
rule "Long words" when $s : String( length > 3 ) then end
"""
_ID = re.compile(r"<id>(\d+)</id>|<result[^>]*>(\d+)</result>")


class _Speaker:
    """Sends commands of one version; every title begins with the command's number."""

    def __init__(self, say: Talk) -> None:
        self._say = say
        self._ver = VERSIONS[say.profile]
        self._route = "R01" if say.profile in {"6.0", "6.1"} else "X01"

    def __call__(
        self, title: str, inside: str, *, user: str = "ann", unit: str = UNIT, head: str = ""
    ) -> Answer:
        at = f"/runtime/{unit}/execute" if self._route == "R01" else "/execute"
        head = f"<deployment-id>{unit}</deployment-id>{head}<ver>{self._ver}</ver>"
        body = f"<command-request>{head}<user>{user}</user>{inside}</command-request>"
        answer = self._say.server.call(
            user, "POST", f"/business-central/rest{at}", body.encode(),
            accept=XML, content_type=XML,
        )  # fmt: skip
        shown = body.replace(self._ver, "{version}")
        told = f"{user} POST {at}\ncontent-type: {XML}\n{shown}"
        self._say.keep(self._route, title, told, answer, self._ver)
        return answer

    def number(self, *args: str, **more: str) -> int:
        """The same; the number that the answer tells first."""
        found = _ID.search(self(*args, **more).text)
        assert found, args
        return int(found[1] or found[2])


def every_command(say: Talk) -> None:
    """All of them, on one server."""
    if say.kind != XML:
        return
    engine = say.engine
    engine.deployments.deploy(engine.admin, RULES, {"words.drl": _DRL})
    do = _Speaker(say)
    _instances(do)
    _work_items(do, say)
    _facts(do)
    task = _operations(do)
    _lists(do, task)
    _papers(do, task)
    _wrappers(do)
    _audit(do)


def _value(kind: str, text: str, name: str = "value") -> str:
    return f'<{name} xsi:type="{kind}" {XS}>{text}</{name}>'


def _item(key: str, kind: str, text: str) -> str:
    return f'<item key="{key}">{_value(kind, text)}</item>'


def _on(name: str, task: int, inside: str = "", user: str = "ann") -> str:
    return f"<{name}><task-id>{task}</task-id><user-id>{user}</user-id>{inside}</{name}>"


def _instances(do: _Speaker) -> None:
    start = (
        f'<start-process processId="acme.hiring"><parameter>{_item("age", "xs:int", "5")}'
        "</parameter></start-process>"
    )
    number = do.number("C01 a start", start)
    do("C01 without a process", "<start-process/>")
    keyed = (
        '<start-correlated-process processId="acme.waiting">'
        "<correlation-key>order:18</correlation-key></start-correlated-process>"
    )
    do("C02 a start with a key", keyed)
    do("C02 with a key that is taken", keyed)
    do(
        "C03 a signal",
        f'<signal-event process-instance-id="{number}" event-type="none"/>',
    )
    do("C03 without an event", f'<signal-event process-instance-id="{number}"/>')
    do("C05 a running instance", f'<get-process-instance processInstanceId="{number}"/>')
    do("C05 of which the number is none", '<get-process-instance processInstanceId="one"/>')
    do("C06 the running instances", "<get-process-instances/>")
    do("C06 of no deployment", "<get-process-instances/>", unit="no:such:1")
    by_key = "get-process-instance-by-correlation-key"
    do("C07 by a key", f"<{by_key}><correlation-key>order:18</correlation-key></{by_key}>")
    do("C07 without a key", f"<{by_key}/>")
    do("C08 the ids", "<get-process-ids/>")
    do("C08 of no deployment", "<get-process-ids/>", unit="no:such:1")
    variables = f"<variables>{_item('age', 'xs:int', '6')}</variables>"
    name = "set-process-instance-vars"
    do("C09 new values", f'<{name} processInstanceId="{number}">{variables}</{name}>')
    do("C09 of no instance", f'<{name} processInstanceId="99999">{variables}</{name}>')
    head = f"<process-instance-id>{number}</process-instance-id>"
    do("C13 a number", "<get-variable><identifier>age</identifier></get-variable>", head=head)
    do("C13 of no deployment", "<get-variable/><get-id/>", unit="no:such:1")
    do("C04 the end of an instance", f'<abort-process-instance processInstanceId="{number}"/>')
    do("C04 of one that has ended", f'<abort-process-instance processInstanceId="{number}"/>')


def _work_items(do: _Speaker, say: Talk) -> None:
    engine, numbers = say.engine, []
    for name in ("Ann", "Bob"):
        started = do.number(
            f"C01 a robot for {name}",
            f'<start-process processId="acme.robot"><parameter>{_item("name", "xs:string", name)}'
            "</parameter></start-process>",
        )
        (log, *_) = engine.history.nodes(engine.admin, started, "_4").items
        numbers.append(log.work_item_id)
    one, two = numbers
    do("C12 an open work item", f'<get-workitem workItemId="{one}"/>')
    do("C12 without a number", "<get-workitem/>")
    results = f"<result>{_item('done', 'xs:boolean', 'true')}</result>"
    do("C10 the results", f'<complete-work-item id="{one}">{results}</complete-work-item>')
    do("C10 of a second time", f'<complete-work-item id="{one}">{results}</complete-work-item>')
    do("C10 without a number", "<complete-work-item/>")
    do("C11 a work item is given up", f'<abort-work-item id="{two}"/>')
    do("C11 without a number", "<abort-work-item/>")


def _facts(do: _Speaker) -> None:
    def say(title: str, inside: str) -> str:
        return do(title, inside, unit=RULES, user="boss").text

    say("C17 the session", "<get-id/>")
    do("C17 of no deployment", "<get-id/>", unit="no:such:1")
    set_it = f'<set-global identifier="limit">{_value("xs:int", "7", "object")}</set-global>'
    say("C16 a global", set_it)
    say("C16 without a name", "<set-global/>")
    say("C15 a number", '<get-global identifier="limit"/>')
    say("C15 without a name", "<get-global/>")
    put = f"<insert-object>{_value('xs:string', 'words', 'object')}</insert-object>"
    handle = re.search(r'external-form="([^"]+)"', say("C19 a fact", put))
    assert handle
    do("C19 in no session", put, unit="no:such:1")
    say("C14 the facts", "<get-fact-count/>")
    do("C14 of no session", "<get-fact-count/>", unit="no:such:1")
    say("C18 the rules", "<fire-all-rules/>")
    say("C18 of which the limit is none", '<fire-all-rules max="all"/>')
    known = f'<fact-handle external-form="{handle[1]}"/>'
    other = _value("xs:string", "other words", "object")
    say("C21 a fact is another", f"<update>{known}{other}</update>")
    say("C21 without a fact", f"<update>{other}</update>")
    say("C20 a fact goes", f"<delete>{known}</delete>")
    say("C20 without a fact", "<delete/>")


def _added(do: _Speaker, title: str, people: str = "", user: str = "boss") -> int:
    """A task of no process, with a business administrator."""
    admin = "<business-administrators><id>boss</id><type>USER</type></business-administrators>"
    assignments = f"<people-assignments>{people}{admin}</people-assignments>"
    return do.number(
        title,
        f"<add-task><user-id>{user}</user-id><jaxbTask><priority>1</priority>"
        "<names><text>Paint</text><language>en-UK</language></names>"
        f"{assignments}<taskData><skipable>true</skipable></taskData></jaxbTask>"
        f"<parameter>{_item('colour', 'xs:string', 'red')}</parameter></add-task>",
        user=user,
    )


_ANN = "<potential-owners><id>ann</id><type>USER</type></potential-owners>"


def _operations(do: _Speaker) -> int:
    """The operations, in an order in which each is possible; a task that is left in progress."""
    nobodys = _added(do, "C37 a task for nobody")
    do("C37 without a task", "<add-task><user-id>ann</user-id></add-task>")
    do("C22 for whom it is not", _on("activate-task", nobodys))
    nominee = "<potentialOwners><id>HR</id><type>GROUP</type></potentialOwners>"
    do("C30 for whom it is not", _on("nominate-task", nobodys, nominee))
    do("C30 a group", _on("nominate-task", nobodys, nominee, "boss"), user="boss")
    open_one = _added(do, "C37 another for nobody")
    do("C22 a task is opened", _on("activate-task", open_one, user="boss"), user="boss")
    plain = (
        ("C23", "claim-task", ""), ("C34", "start-task", ""), ("C35", "stop-task", ""),
        ("C36", "suspend-task", ""), ("C32", "resume-task", ""), ("C31", "release-task", ""),
    )  # fmt: skip
    for number, name, inside in plain:
        do(f"{number} {name}", _on(name, nobodys, inside))
        do(f"{number} {name} of no task", _on(name, 99999, inside))
    next_one = "<claim-next-available-task><user-id>{}</user-id></claim-next-available-task>"
    do("C24 the next", next_one.format("ann"))
    do("C24 whose reader is not the caller, or nobody", next_one.format("bob"))
    target = "<target-entity-id>bob</target-entity-id>"
    given = _added(do, "C37 a task for Ann", _ANN)
    do("C26 to Bob", _on("delegate-task", given, target))
    do("C26 to nobody", _on("delegate-task", given))
    offered = _added(do, "C37 another for Ann", _ANN)
    do("C29 to nobody", _on("forward-task", offered))
    do("C29 to Bob", _on("forward-task", offered, target))
    do("C29 by whom it is not offered to by name", _on("forward-task", open_one, target))
    skipped = _added(do, "C37 a second task for Ann", _ANN)
    do("C33 a task is skipped", _on("skip-task", skipped))
    do("C33 a second time", _on("skip-task", skipped))
    do("C27 for whom it is not", _on("exit-task", given))
    do("C27 by the administrator", _on("exit-task", given, user="boss"), user="boss")
    failed = _added(do, "C37 a third task for Ann", _ANN)
    data = f"<data>{_item('why', 'xs:string', 'no')}</data>"
    do("C28 before it is begun", _on("fail-task", failed, data))
    do("C34 so it is begun", _on("start-task", failed))
    do("C28 a task fails", _on("fail-task", failed, data))
    done = _added(do, "C37 a fourth task for Ann", _ANN)
    do("C25 before it is begun", _on("complete-task", done, data))
    do("C34 and begun again", _on("start-task", done))
    do("C25 a task is done", _on("complete-task", done, data))
    kept = _added(do, "C37 a fifth task for Ann", _ANN)
    do("C34 which goes on", _on("start-task", kept))
    return kept


def _lists(do: _Speaker, task: int) -> None:
    started = do.number("C01 for the lists", '<start-process processId="acme.hiring"/>')
    me, wrong = "<user-id>ann</user-id>", "<status>Strange</status>"
    for number, name in (
        ("C40", "get-task-as-business-admin"), ("C41", "get-task-as-potential-owner"),
        ("C42", "get-tasks-owned"),
    ):  # fmt: skip
        do(f"{number} without a status", f"<{name}>{me}</{name}>")
        do(f"{number} with a status and a part", f"<{name}>{me}<status>Ready</status>"
           "<filter><offset>0</offset><count>1</count></filter>"
           f"</{name}>")  # fmt: skip
        do(f"{number} with a status that nobody knows", f"<{name}>{me}{wrong}</{name}>")
    name = "get-task-as-business-admin"
    do("C40 by an administrator", f"<{name}><user-id>boss</user-id></{name}>", user="boss")
    do("C38 a task", _on("get-task", task))
    do("C38 without a number", f"<get-task>{me}</get-task>")
    name = "get-task-by-workitemid"
    do("C39 of a work item", f"<{name}>{me}<workItemId>{started + 1}</workItemId></{name}>")
    do("C39 without one", f"<{name}>{me}</{name}>")
    instance = f"<process-instance-id>{started}</process-instance-id>"
    name = "get-tasks-by-processinstanceid"
    do("C43 of an instance", f"<{name}>{me}{instance}</{name}>")
    do("C43 without one", f"<{name}>{me}</{name}>")
    name = "get-tasks-by-status-by-processinstanceid"
    statuses = "<status>Ready</status><taskName>Review</taskName>"
    do("C44 of an instance", f"<{name}>{me}{instance}{statuses}</{name}>")
    do("C44 without one", f"<{name}>{me}{statuses}</{name}>")
    for name in ("get-tasks-by-various", "get-tasks-by-various-command"):
        fields = f"<taskIds>{task}</taskIds><taskIds>1</taskIds><union>true</union>"
        do(f"C45 {name}", f"<{name}>{me}{fields}<taskOwners>ann</taskOwners></{name}>")
        do(f"C45 {name} of a strange status", f"<{name}>{me}{wrong}</{name}>")
    name = "get-task-assigned-pot-owner-paging-command"
    do("C46 a page", f"<{name}>{me}<firstResult>0</firstResult><maxResults>1</maxResults></{name}>")
    do("C46 of which the number is none", f"<{name}>{me}<maxResults>few</maxResults></{name}>")
    name = "get-tasks-by-group-command"
    do("C47 of a group", f"<{name}>{me}<group-id>HR</group-id></{name}>")
    do("C47 of no group", f"<{name}><group-id>HR</group-id></{name}><walk/>")
    where = (
        '<queryWhere><queryCriteria listId="31" union="false" first="true" type="N">'
        f"{_value('xs:string', 'ann', 'parameter')}</queryCriteria></queryWhere>"
    )
    do("C48 by criteria", f"<task-query-where>{me}{where}</task-query-where>")
    strange = where.replace('"31"', '"9999"')
    do("C48 by a strange one", f"<task-query-where>{me}{strange}</task-query-where>")


def _papers(do: _Speaker, task: int) -> None:
    me = "<user-id>ann</user-id>"
    told = do("C38 which has a document", _on("get-task", task)).text
    found = re.search(r"<document-content-id>(\d+)", told)
    assert found
    for number, name in (("C49", "get-content"), ("C50", "get-content-by-id")):
        do(f"{number} a document", f"<{name}>{me}<contentId>{found[1]}</contentId></{name}>")
        do(f"{number} that is not there", f"<{name}>{me}<contentId>99999</contentId></{name}>")
        do(f"{number} without a number", f"<{name}>{me}</{name}>")
    for number, name in (
        ("C51", "get-task-content"), ("C51", "get-task-content-command"),
        ("C52", "get-content-map-for-user"),
    ):  # fmt: skip
        do(f"{number} {name}", _on(name, task))
        do(f"{number} {name} of no task", _on(name, 99999))
        do(f"{number} {name} without a number", f"<{name}>{me}</{name}>")
    output = f"<output-content-map>{_item('half', 'xs:double', '0.5')}</output-content-map>"
    do("C53 half the results", _on("add-content-from-user", task, output))
    do("C53 of no task", _on("add-content-from-user", 99999, output))
    do(
        "C54 an attachment",
        f"<get-attachment>{me}<attachment-id>1</attachment-id></get-attachment>",
    )
    do("C54 without a number", f"<get-attachment>{me}</get-attachment>")
    said = (
        "<jaxbComment><text>hello</text><added-by>ann</added-by>"
        "<added-at>2014-05-13T16:53:20.123Z</added-at></jaxbComment>"
    )
    comment = do.number("C55 a comment", _on("add-comment", task, said))
    do("C55 that says nothing", _on("add-comment", task))
    do("C57 the comments", _on("get-all-comments", task))
    do("C57 of no task", _on("get-all-comments", 99999))
    which = f"<commentId>{comment}</commentId>"
    do("C58 one comment", f"<get-comment>{me}{which}</get-comment>")
    do("C58 without a number", f"<get-comment>{me}</get-comment>")
    do("C56 a comment goes", _on("delete-comment", task, which))
    do("C56 a second time", _on("delete-comment", task, which))
    when = "<expiration-date>2030-05-13T16:53:20.123Z</expiration-date>"
    do("C59 a date", _on("set-task-property", task, f"<property>5</property>{when}"))
    do("C59 of no task", f"<set-task-property>{me}<property>5</property>{when}</set-task-property>")


def _wrappers(do: _Speaker) -> None:
    task = _added(do, "C37 a sixth task for Ann", _ANN)

    def composite(main: str, inside: str = "", user: str = "ann") -> str:
        return (
            f'<task-composite-command><mainCommand xsi:type="{main}" {XS}><task-id>{task}'
            f"</task-id><user-id>{user}</user-id>{inside}</mainCommand>"
            f'<commands xsi:type="cancelDeadlineCommand" {XS}><task-id>{task}</task-id>'
            "<removeStart>true</removeStart><removeEnd>true</removeEnd></commands>"
            "</task-composite-command>"
        )

    do("C60 a start", composite("startTaskCommand"))
    do("C60 a second time", composite("startTaskCommand"))
    do("C60 of nothing known", composite("walkCommand"))
    data = f"<data>{_item('done', 'xs:boolean', 'true')}</data>"
    for number, names, more in (
        ("C61", "process-sub-tasks process-sub-tasks-command", data),
        ("C62", "execute-task-rules execute-task-rules-command", f"{data}<scope>addTask</scope>"),
        ("C63", "cancel-deadline cancel-deadline-command", "<removeEnd>true</removeEnd>"),
    ):
        for name in names.split():
            do(f"{number} {name}", _on(name, task, more))
            none = f"<{name}><task-id>none</task-id><user-id>ann</user-id></{name}>"
            do(f"{number} {name} of no task", none)


def _audit(do: _Speaker) -> None:
    for number, name, rest in (
        ("C66", "find-node-instances", 'nodeId="_2"'), ("C67", "find-process-instance", ""),
        ("C69", "find-subprocess-instances", ""),
        ("C70", "find-variable-instances", 'variableId="age"'),
    ):  # fmt: skip
        do(f"{number} of an instance", f'<{name} process-instance-id="1" {rest}/>')
        do(f"{number} without one", f"<{name} {rest}/>")
    for number, name in (
        ("C65", "find-active-process-instances"), ("C68", "find-process-instances"),
    ):  # fmt: skip
        do(f"{number} of all processes", f"<{name}/>")
        do(f"{number} of one process", f'<{name} processId="acme.hiring"/>')
        do(f"{number} before one that nobody knows", f"<{name}/><walk/>")
    name = "find-variable-instances-by-name"
    do("C71 of a name", f'<{name} variableId="age" value="6" activeProcesses="false"/>')
    do("C71 without one", f"<{name}/>")
    do("C64 by an administrator", "<clear-history-logs/>", user="boss")
    do("C64 by anybody", "<clear-history-logs/>")
