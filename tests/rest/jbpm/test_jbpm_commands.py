"""What each command does to the engine, and what it answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from procession.errors import NotFound
from procession.tasks.ad_hoc import NewTask
from procession.tasks.lifecycle import Candidate
from procession.values import EMPTY
from tests.rest.jbpm.commands import NEW, OLD, Door, item, on_task, opened, typed
from tests.rest.jbpm.test_jbpm_exchanges import HR, MODEL


@pytest.fixture(scope="module")
def compat() -> Iterator[Door]:
    """A server where everybody reads everything, as with 6.0."""
    with opened(access_mode="compat") as found:
        yield found


def get(door: Door, task: int) -> Any:
    return door.engine.tasks.get(door.engine.admin, task)


def ids(answer: Element) -> list[int]:
    return [int(one.findtext("id") or 0) for one in answer.findall("task-summary")]


def said(answer: Element) -> Any:
    """Type and text of a primitive."""
    return answer.get("type"), answer.findtext("result")


# -- processes ----------------------------------------------------------------------------------


def test_a_process_starts_with_typed_variables(door: Door) -> None:
    number = door.start(
        item("name", typed("xs:string", "Ann")) + item("age", typed("xs:int", "30"))
    )

    variables = door.engine.processes.variables(door.engine.admin, number)
    assert (variables["name"], variables["age"], type(variables["age"])) == ("Ann", 30, int)


@pytest.mark.parametrize(("key", "ver"), [("a:b", NEW), ("c,d", OLD)])
def test_a_process_starts_with_a_correlation_key_and_is_found_by_it(
    door: Door, key: str, ver: str
) -> None:
    started = door.one(
        '<start-correlated-process processId="acme.hiring"><parameter/>'
        f"<correlation-key>{key}</correlation-key></start-correlated-process>",
        ver=ver,
    )
    by_key = "<get-process-instance-by-correlation-key><correlation-key>{}</correlation-key>"
    by_key += "</get-process-instance-by-correlation-key>"

    found = door.one(by_key.format(key), ver=ver)

    assert found.findtext("id") == started.findtext("id")
    assert door.do(by_key.format("no:such")) == []
    (again,) = door.do(
        '<start-correlated-process processId="acme.hiring">'
        f"<correlation-key>{key.replace(',', ':')}</correlation-key></start-correlated-process>"
    )
    assert again.findtext("status") == "FAILURE"


def test_facts_of_a_start_are_in_the_session(door: Door) -> None:
    before = int(door.one("<get-fact-count/>").findtext("result") or 0)

    door.one(
        '<start-process processId="acme.hiring"><data>'
        f"{typed('xs:string', 'fact', 'data')}</data></start-process>"
    )

    assert int(door.one("<get-fact-count/>").findtext("result") or 0) == before + 1


def test_an_instance_is_looked_at_changed_and_aborted(door: Door) -> None:
    number = door.start()
    look = f'<get-process-instance processInstanceId="{number}"/>'

    assert door.one(look).findtext("state") == "1"
    assert (
        door.do(
            f'<set-process-instance-vars processInstanceId="{number}"><variables>'
            f"{item('name', typed('xs:string', 'Eve'))}</variables></set-process-instance-vars>"
        )
        == []
    )
    assert door.engine.processes.variable(door.engine.admin, number, "name") == "Eve"
    assert door.do(f'<abort-process-instance processInstanceId="{number}"/>') == []
    assert door.do(look) == []
    (gone,) = door.do(f'<abort-process-instance processInstanceId="{number}"/>')
    assert gone.findtext("status") == "FAILURE"


def through_review(door: Door) -> int:
    """An instance that waits for its signal."""
    number = door.start()
    task = door.task_of(number)
    for name in ("claim-task", "start-task", "complete-task"):
        assert door.do(on_task(name, task)) == []
    return number


@pytest.mark.parametrize("target", ['process-instance-id="{}" ', 'process-instance-id="-1" ', ""])
def test_a_signal_goes_to_one_instance_or_to_all(door: Door, target: str) -> None:
    number = through_review(door)

    door.do(
        f'<signal-event {target.format(number)}event-type="mySignal">'
        f"{typed('xs:string', 'go', 'event')}</signal-event>",
        user="boss",
    )

    nodes = door.engine.history.nodes(door.engine.admin, number, "_4").items
    assert [node.type for node in nodes] == [0]


def test_work_items_are_seen_completed_and_aborted(door: Door) -> None:
    found = []
    for name, results in (("complete-work-item", "<result/>"), ("abort-work-item", "")):
        number = through_review(door)
        door.do(f'<signal-event process-instance-id="{number}" event-type="mySignal"/>')
        robot = door.engine.history.nodes(door.engine.admin, number, "_4").items[0].work_item_id
        look = f'<get-workitem workItemId="{robot}"/>'
        found.append(door.one(look).findtext("name"))

        assert door.do(f'<{name} id="{robot}">{results}</{name}>' * 2) == []
        assert door.do(look) == []
        assert door.do(f'<get-process-instance processInstanceId="{number}"/>') == []

    assert found == ["Robot", "Robot"]


@pytest.mark.parametrize(
    ("kind", "text", "java"),
    [
        ("int", "5", "java.lang.Integer"), ("long", "5", "java.lang.Long"),
        ("boolean", "true", "java.lang.Boolean"), ("double", "1.5", "java.lang.Double"),
        ("float", "1.5", "java.lang.Float"), ("short", "5", "java.lang.Short"),
        ("byte", "5", "java.lang.Byte"),
    ],
)  # fmt: skip
def test_a_number_comes_back_as_a_primitive(door: Door, kind: str, text: str, java: str) -> None:
    number = door.start(item("x", typed(f"xs:{kind}", text)))
    place = f"<process-instance-id>{number}</process-instance-id>"

    found = door.one("<get-variable><identifier>x</identifier></get-variable>", more=place)

    assert said(found) == (java, text)


def test_what_is_no_number_does_not_come_back(door: Door) -> None:
    number = door.start(item("x", typed("xs:string", "text")))
    place = f"<process-instance-id>{number}</process-instance-id>"
    command = "<get-variable><identifier>{}</identifier></get-variable>"

    assert door.do(command.format("x") + command.format("y"), more=place) == []
    assert door.do(command.format("x") + "<get-variable/>", ver=OLD) == []


# -- globals and sessions -----------------------------------------------------------------------


def test_globals_are_kept_by_a_session_that_lasts(door: Door) -> None:
    set_it = f'<set-global identifier="g">{typed("xs:int", "7", "object")}</set-global>'

    (refused,) = door.do(set_it)
    assert refused.findtext("status") == "PERMISSIONS_CONFLICT"
    assert door.do(set_it, user="boss") == []
    assert said(door.one('<get-global identifier="g"/>')) == ("java.lang.Integer", "7")
    assert door.do('<get-global identifier="other"/>') == []


def test_every_strategy_has_sessions_of_its_own_kind() -> None:
    with opened(access_mode="compat") as door:
        admin = door.engine.admin
        for name in ("PER_REQUEST", "PER_PROCESS_INSTANCE"):
            door.engine.deployments.deploy(admin, f"a:b:{name}", {"m.bpmn": MODEL}, strategy=name)
        set_it = f'<set-global identifier="g">{typed("xs:int", "7", "object")}</set-global>'
        both = set_it + '<get-global identifier="g"/>'

        first, second = (door.one("<get-id/>", deployment="a:b:PER_REQUEST") for _ in "ab")
        assert said(first) != said(second)
        assert said(door.one("<get-id/>")) == ("java.lang.Long", "1")
        assert door.do(both, deployment="a:b:PER_REQUEST") == []

        own = "a:b:PER_PROCESS_INSTANCE"
        started = door.one('<start-process processId="acme.hiring"/>', deployment=own)
        number = started.findtext("id")
        place = f"<process-instance-id>{number}</process-instance-id>"
        assert said(door.one("<get-id/>", deployment=own, more=place))[1] == number
        assert said(door.one(both, deployment=own, more=place))[1] == "7"
        assert door.do('<get-global identifier="g"/>', deployment=own) == []
        (gone,) = door.do("<get-id/>", deployment=own,
                          more="<process-instance-id>99999</process-instance-id>")  # fmt: skip
        assert gone.findtext("status") == "FAILURE"


# -- tasks --------------------------------------------------------------------------------------


def test_the_life_of_a_task(door: Door) -> None:
    task = door.task_of(door.start())
    steps = [
        ("claim-task", "Reserved", ""), ("start-task", "InProgress", ""),
        ("stop-task", "Reserved", ""), ("suspend-task", "Suspended", ""),
        ("resume-task", "Reserved", ""), ("release-task", "Ready", ""),
        ("delegate-task", "Reserved", "<target-entity-id>bob</target-entity-id>"),
    ]  # fmt: skip

    for name, status, more in steps:
        assert door.do(on_task(name, task, more=more)) == []
        assert get(door, task).status == status
    door.do(on_task("forward-task", task, "bob", "<target-entity-id>ann</target-entity-id>"),
            user="bob")  # fmt: skip
    assert get(door, task).status == "Ready"
    door.do(on_task("start-task", task))
    data = f"<data>{item('age', typed('xs:int', '31'))}</data>"
    assert door.do(on_task("complete-task", task, more=data)) == []
    assert get(door, task).status == "Completed"


@pytest.mark.parametrize(
    ("name", "user", "status"),
    [
        ("exit-task", "boss", "Exited"),
        ("skip-task", "ann", "Obsolete"),
        ("fail-task", "ann", "Failed"),
    ],
)
def test_other_ends_of_a_task(door: Door, name: str, user: str, status: str) -> None:
    task = door.task_of(door.start())
    door.do(on_task("start-task", task))

    assert door.do(on_task(name, task, user), user=user) == []
    assert get(door, task).status == status


@pytest.mark.parametrize("name", ["complete", "start"])
def test_a_composite_does_its_main_command_once(door: Door, name: str) -> None:
    task = door.task_of(door.start())
    door.do(on_task("claim-task" if name == "start" else "start-task", task))
    xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    inner = f"<task-id>{task}</task-id><user-id>ann</user-id><data/>"
    command = (
        f'<task-composite-command><mainCommand {xsi} xsi:type="{name}TaskCommand">{inner}'
        f'</mainCommand><commands {xsi} xsi:type="executeTaskRulesCommand">{inner}'
        f'<scope>completeTask</scope></commands><commands {xsi} xsi:type="cancelDeadlineCommand">'
        "<removeStart>true</removeStart></commands></task-composite-command>"
    )

    assert door.do(command, ver=OLD) == []
    (again,) = door.do(command, ver=OLD)

    assert get(door, task).status == {"complete": "Completed", "start": "InProgress"}[name]
    assert again.findtext("command-name") == "CompositeCommand"
    assert again.findtext("status") == "PERMISSIONS_CONFLICT"
    assert (
        door.post(command.replace(f"{name}TaskCommand", "walkTheDog"), ver=OLD).status_code == 400
    )


@pytest.mark.parametrize("ver", [OLD, NEW])
def test_a_task_is_added_in_either_dialect(door: Door, ver: str) -> None:
    names, people, data = (
        ("<name><text>Call</text><lang>en-UK</lang></name>", "potential-owner", "jaxbTaskData")
        if ver == OLD
        else (
            "<name>Call</name><names><text>Call</text><language>en-UK</language></names>",
            "potential-owners",
            "taskData",
        )
    )
    command = (
        f"<add-task><user-id>ann</user-id><jaxbTask><priority>3</priority>{names}"
        f"<people-assignments><{people}><id>HR</id><type>GROUP</type></{people}>"
        f"</people-assignments><{data}/><deadlines/></jaxbTask>"
        f"<parameter>{item('phone', typed('xs:string', '555'))}</parameter></add-task>"
    )

    found = door.one(command, ver=ver)

    kind, number = said(found)
    task = get(door, int(number))
    assert kind == "java.lang.Long"
    assert (task.name, task.priority, task.status) == ("Call", 3, "Ready")
    assert door.engine.tasks.content(door.engine.admin, task.id).value["phone"] == "555"


def test_a_created_task_is_nominated(door: Door) -> None:
    added = door.one(
        "<add-task><user-id>boss</user-id><jaxbTask><name>X</name><people-assignments/>"
        "<taskData/></jaxbTask></add-task>",
        user="boss",
    )
    task = int(said(added)[1])
    bob = "<potentialOwners><id>bob</id><type>USER</type></potentialOwners>"

    assert get(door, task).status == "Created"
    assert door.do(on_task("nominate-task", task, "boss", bob), user="boss") == []
    assert (get(door, task).status, get(door, task).actual_owner) == ("Reserved", "bob")


def test_contents_are_read_by_task_and_by_number(door: Door) -> None:
    task = door.task_of(door.start(item("name", typed("xs:string", "Ann"))))
    number = get(door, task).input_content_id
    by_number = f"<user-id>ann</user-id><contentId>{number}</contentId>"

    for name in ("get-task-content", "get-task-content-command", "get-content-map-for-user"):
        found = door.one(on_task(name, task))
        assert found.tag == "task-content-response"
        assert found.find("content-map/entry[@key='candidate']") is not None
    for name in ("get-content", "get-content-by-id"):
        assert door.one(f"<{name}>{by_number}</{name}>").findtext("id") == str(number)
    assert door.do(on_task("get-task-content", 99_999)) == []
    missing = "<user-id>ann</user-id><contentId>99999</contentId>"
    assert door.do(f"<get-content>{missing}</get-content>") == []


def test_output_is_saved_before_a_task_is_completed(door: Door) -> None:
    task = door.task_of(door.start())
    door.do(on_task("start-task", task))
    output = f"<output-content-map>{item('age', typed('xs:int', '40'))}</output-content-map>"

    kind, number = said(door.one(on_task("add-content-from-user", task, more=output)))

    assert kind == "java.lang.Long"
    assert get(door, task).output_content_id == int(number)
    raw = "<document-content-bytes>AA==</document-content-bytes>"
    assert said(door.one(on_task("add-content-from-user", task, more=raw)))[1] == "-1"


def test_comments_are_added_listed_read_and_deleted(door: Door) -> None:
    task = door.task_of(door.start())
    comment = "<jaxbComment><text>hello</text><added-by>eve</added-by></jaxbComment>"

    kind, number = said(door.one(on_task("add-comment", task, more=comment)))
    one = f"<user-id>ann</user-id><commentId>{number}</commentId>"
    listed = door.one(on_task("get-all-comments", task))
    found = door.one(f"<get-comment>{one}</get-comment>")

    assert kind == "java.lang.Long"
    assert listed.findtext("task-comment/text") == "hello"
    assert (found.findtext("id"), found.findtext("added-by")) == (number, "ann")
    assert door.do(f"<delete-comment>{one}</delete-comment><get-comment>{one}</get-comment>") == []
    assert door.do("<get-attachment><user-id>ann</user-id><attachment-id>1</attachment-id>"
                   "</get-attachment>") == []  # fmt: skip


@pytest.mark.parametrize(
    ("number", "value", "field", "expected"),
    [
        (3, "<priority>9</priority>", "priority", 9),
        (4, "<names-or-descriptions><text>New</text></names-or-descriptions>", "name", "New"),
        (6, "<names-or-descriptions><text>So</text></names-or-descriptions>", "description", "So"),
        (7, "<skippable>false</skippable>", "skipable", False),
        (8, "<sub-tasks-strategy>EndParentOnAllSubTasksEnd</sub-tasks-strategy>",
         "sub_task_strategy", "EndParentOnAllSubTasksEnd"),
    ],
)  # fmt: skip
def test_properties_of_a_task_are_set(
    door: Door, number: int, value: str, field: str, expected: object
) -> None:
    task = door.task_of(door.start())
    more = f"<property>{number}</property>{value}"

    assert door.do(on_task("set-task-property", task, "boss", more), user="boss") == []
    assert getattr(get(door, task), field) == expected


def test_a_fault_is_written_down_before_the_task_fails(door: Door) -> None:
    task = door.task_of(door.start())
    for data, kept in (
        (f"<item key='why'>{typed('xs:string', 'no')}</item>", {"why": "no"}),
        ("<faultName>late</faultName>", {"faultName": "late"}),
    ):
        more = f"<property>1</property><faultData>{data}</faultData>"
        assert door.do(on_task("set-task-property", task, "boss", more), user="boss") == []
        assert dict(door.engine.tasks.fault(door.engine.admin, task).value) == kept
    assert get(door, task).status == "Ready"


def test_people_of_a_task_are_found_whatever_kind_a_client_says(door: Door) -> None:
    """The published clients say USER of a group that they were told of, and the other way round."""
    people = "".join(
        f"<{name}><id>{one}</id><type>{kind}</type></{name}>"
        for name, one, kind in (
            ("potential-owners", "HR", "USER"), ("potential-owners", "bob", "GROUP"),
        )
    )  # fmt: skip
    task = f"<jaxbTask><name>By hand</name><people-assignments>{people}</people-assignments>"
    made = door.one(f"<add-task><user-id>ann</user-id>{task}<taskData/></jaxbTask></add-task>")
    owners = get(door, int(made.findtext("result") or 0)).potential_owners

    assert [(one.kind, one.name) for one in owners] == [("GROUP", "HR"), ("USER", "bob")]


def test_the_earliest_clients_have_tasks_and_contents_of_their_own(door: Door) -> None:
    task = door.task_of(door.start())
    seen = door.one(on_task("get-task", task), ver="1")
    number = get(door, task).input_content_id
    content = door.one(f"<get-content><contentId>{number}</contentId></get-content>", ver="1")
    sent = (
        "<jaxbTask><name>1:en-UK:Old</name><peopleAssignments>"
        "<potential-owner>g:HR</potential-owner></peopleAssignments><taskData/></jaxbTask>"
    )
    made = door.one(f"<add-task>{sent}</add-task>", ver="1")

    assert seen.findtext("name") == "1:en-UK:Review"
    assert seen.findtext("peopleAssignments/potential-owner") == "g:HR"
    assert seen.findtext("taskData/status") == "Ready"
    assert content.findtext("class-name") == "java.util.HashMap"
    assert content.find("content") is None
    assert content.find("content-map/entry") is not None
    new = get(door, int(made.findtext("result") or 0))
    assert (new.name, new.potential_owners[0].name) == ("Old", "HR")


def test_an_expiration_date_needs_its_task(door: Door) -> None:
    task = door.task_of(door.start())
    date = "<property>5</property><expiration-date>2030-01-02T03:04:05.006+02:00</expiration-date>"

    assert door.do(on_task("set-task-property", task, "boss", date), user="boss") == []
    assert get(door, task).expires_at.isoformat() == "2030-01-02T01:04:05.006000+00:00"
    (failed,) = door.do(f"<set-task-property><user-id>ann</user-id>{date}</set-task-property>")
    assert failed.findtext("status") == "FAILURE"


# -- lists --------------------------------------------------------------------------------------


def mine(name: str, more: str = "", user: str = "ann") -> str:
    return f"<{name}><user-id>{user}</user-id>{more}</{name}>"


def test_lists_of_candidates_and_owners_newest_first(compat: Door) -> None:
    first, second = compat.task_of(compat.start()), compat.task_of(compat.start())
    compat.do(on_task("claim-task", first, "bob"), user="bob")
    offered = mine("get-task-as-potential-owner")

    old, new = compat.one(offered, ver=OLD), compat.one(offered)

    assert ids(old)[:2] == [second, first]
    assert second in ids(new)
    assert first not in ids(new)  # bob has it
    assert first in ids(compat.one(mine("get-tasks-owned", user="bob"), user="bob"))
    assert ids(compat.one(mine("get-tasks-owned"))) == []
    filtered = "<filter><offset>0</offset><count>1</count></filter>"
    assert ids(compat.one(mine("get-task-as-potential-owner", filtered))) == [second]
    status = "<statuses>Reserved</statuses>"
    assert ids(compat.one(mine("get-task-as-potential-owner", status))) == []
    ordered = "<filter><count>-1</count><orderBy>t.id</orderBy><ascending>true</ascending></filter>"
    found = ids(compat.one(mine("get-task-as-potential-owner", ordered)))
    assert found == sorted(found)


def test_pages_of_6_0_and_groups_of_6_4(compat: Door) -> None:
    newest = compat.task_of(compat.start())
    page = "<group-id>HR</group-id><firstResult>0</firstResult><maxResults>1</maxResults>"

    paged = compat.one(mine("get-task-assigned-pot-owner-paging-command", page), ver=OLD)
    grouped = compat.one(mine("get-tasks-by-group-command", "<group-id>HR</group-id>"))
    nobody = compat.one(mine("get-tasks-by-group-command", "<group-id>No</group-id>"))

    assert ids(paged) == [newest]
    assert ids(grouped)[0] == newest
    assert ids(nobody) == []


def test_administrators_have_a_list_of_their_own(compat: Door) -> None:
    task = compat.task_of(compat.start())
    compat.do(on_task("exit-task", task, "boss"), user="boss")
    asked = mine("get-task-as-business-admin", user="boss")

    assert task in ids(compat.one(asked, user="boss", ver=OLD))
    assert task not in ids(compat.one(asked, user="boss"))


def test_tasks_of_an_instance(compat: Door) -> None:
    number = compat.start()
    task = compat.task_of(number)
    place = f"<process-instance-id>{number}</process-instance-id>"
    item_id = get(compat, task).work_item_id

    numbers = compat.one(mine("get-tasks-by-processinstanceid", place))
    ready = compat.one(mine("get-tasks-by-status-by-processinstanceid", f"{place}<statuses>READY"
                            "</statuses><taskName>Review</taskName>"))  # fmt: skip
    other = compat.one(mine("get-tasks-by-status-by-processinstanceid",
                            f"{place}<taskName>X</taskName>"))  # fmt: skip
    by_item = compat.one(mine("get-task-by-workitemid", f"<workItemId>{item_id}</workItemId>"))

    assert [one.text for one in numbers.findall("long")] == [str(task)]
    assert ids(ready) == [task]
    assert ids(other) == []
    assert by_item.findtext("id") == str(task)
    assert compat.do(mine("get-task-by-workitemid", "<workItemId>99999</workItemId>")) == []


@pytest.mark.parametrize("ver", [OLD, NEW])
def test_tasks_by_various_fields(compat: Door, ver: str) -> None:
    other = compat.task_of(compat.start())
    number = compat.start()
    task = compat.task_of(number)
    places = "process-instance-ids" if ver == OLD else "processInstanceIds"
    candidates = "potential-owner" if ver == OLD else "potentialOwners"
    name = "get-tasks-by-various-command" if ver == OLD else "get-tasks-by-various"

    both = f"<{places}>{number}</{places}><{candidates}>HR</{candidates}>"
    either = f"{both}<taskIds>1</taskIds><union>true</union><maxResults>1000</maxResults>"

    assert ids(compat.one(mine(name, both), ver=ver)) == [task]
    assert {task, other} <= set(ids(compat.one(mine(name, either), ver=ver)))


def criteria(*rows: str) -> str:
    return mine("task-query-where", f"<queryWhere>{''.join(rows)}</queryWhere>")


def criterion(number: int, value: str, more: str = 'union="false"') -> str:
    return f'<queryCriteria listId="{number}" {more}>{value}</queryCriteria>'


def test_a_combination_of_criteria(compat: Door) -> None:
    number = compat.start()
    task = compat.task_of(number)
    ann, process = (
        typed("xs:string", "ann", "parameter"),
        typed("xs:string", "acme.hiring", "parameter"),
    )
    this, none = (typed("xs:long", str(n), "parameter") for n in (task, 0))

    def found(*rows: str) -> list[int]:
        return ids(compat.one(criteria(*rows)))

    assert found(criterion(31, ann), criterion(1, process))[0] == task
    assert found(criterion(29, this)) == [task]
    assert found(criterion(29, none)) == []
    assert found(criterion(29, this), criterion(29, none, "")) == [task]  # a union by default
    assert found(
        criterion(29, this + typed("xs:long", str(task + 1), "parameter"), 'type="R"')
    ) == [task]
    assert task in found(criterion(1, typed("xs:string", "acme.*", "parameter"), 'type="L"'))
    assert found(criterion(46, typed("xs:boolean", "true", "parameter"))) == []
    group = (
        f'<queryCriteria union="false">{criterion(29, this).replace("queryCriteria", "criteria")}'
    )
    assert found(criterion(31, ann), f"{group}</queryCriteria>") == [task]
    recent = "<date-parameter>2020-01-01T00:00:00Z</date-parameter>"
    assert task in found(criterion(38, recent, 'type="R"'))
    assert compat.post(criteria(criterion(99, this))).status_code == 400
    assert compat.post(criteria(criterion(29, ann))).status_code == 400


def test_nobody_is_shown_the_tasks_of_others(door: Door) -> None:
    number = door.start()
    task = door.task_of(number)
    place = f"<process-instance-id>{number}</process-instance-id>"
    commands = (
        mine("get-task", f"<task-id>{task}</task-id>", "eve")
        + mine("get-tasks-by-processinstanceid", place, "eve")
        + mine("get-task-as-potential-owner", "<group-id>HR</group-id>", "eve")
        + mine("get-tasks-by-group-command", "<group-id>HR</group-id>", "eve")
        + f'<get-process-instance processInstanceId="{number}"/><get-process-instances/>'
        + f'<find-process-instance process-instance-id="{number}"/><find-process-instances/>'
        + f'<find-variable-instances process-instance-id="{number}"/>'
    )

    found = door.do(commands, user="eve")

    assert [one.tag for one in found] == [
        "long-list", "task-summary-list", "task-summary-list", "process-instance-list",
        "history-log-list", "history-log-list",
    ]  # fmt: skip
    assert all(len(one) <= 1 for one in found)  # nothing but the name of the command


# -- audit --------------------------------------------------------------------------------------


def test_the_audit_answers_every_question(compat: Door) -> None:
    number = compat.start(item("name", typed("xs:string", "Zoe")))
    place = f'process-instance-id="{number}"'

    def logs(command: str) -> list[str]:
        found = compat.one(command, deployment=None)
        assert (found.tag, found.get("index")) == ("history-log-list", None)
        assert found.find("command-name") is None
        return [one.tag for one in found]

    assert compat.one(f"<find-process-instance {place}/>").tag == "proc-inst-log"
    assert compat.do('<find-process-instance process-instance-id="99999"/>') == []
    assert "process-instance-log" in logs("<find-process-instances/>")
    assert "process-instance-log" in logs(
        '<find-active-process-instances processId="acme.hiring"/>'
    )
    assert logs('<find-active-process-instances processId="no"/>') == []
    assert len(logs(f"<find-node-instances {place}/>")) == 3
    assert len(logs(f'<find-node-instances {place} nodeId="_2"/>')) == 1
    assert logs(f"<find-subprocess-instances {place}/>") == []
    assert "variable-instance-log" in logs(f"<find-variable-instances {place}/>")
    assert len(logs(f'<find-variable-instances {place} variableId="name"/>')) == 1
    assert len(logs('<find-variable-instances-by-name variableId="name" value="Zoe"/>')) == 1
    assert (
        logs(
            '<find-variable-instances-by-name variableId="name" value="Z" activeProcesses="true"/>'
        )
        == []
    )


def test_only_administrators_clear_the_logs() -> None:
    with opened(access_mode="compat") as door:
        number = door.start()
        (refused,) = door.do("<clear-history-logs/>")

        assert refused.findtext("status") == "PERMISSIONS_CONFLICT"
        assert door.do("<clear-history-logs/>", user="boss") == []
        assert door.engine.history.instance(door.engine.admin, number).status == 1
        assert door.do("<clear-history-logs/>", user="boss", ver=OLD) == []
        with pytest.raises(NotFound):
            door.engine.history.instance(door.engine.admin, number)


def test_the_unit_of_these_tests_is_deployed(door: Door) -> None:
    assert door.engine.deployments.get(door.engine.admin, HR).status == "DEPLOYED"


def test_deadlines_are_called_off(door: Door) -> None:
    boss, tasks = door.engine.admin, door.engine.tasks
    new = NewTask(
        name="Late",
        potential_owners=(Candidate("USER", "ann"),),
        deadlines={
            "NotStartedReassign": "[users:bob]@[4h]", "NotCompletedReassign": "[users:bob]@[8h]",
        },
    )  # fmt: skip
    xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'

    def left() -> int:
        return len(door.engine.jobs.list(boss, kind="task_deadline").items)

    nothing = left()
    task = tasks.add(boss, new, EMPTY).id
    before = left()
    door.do(on_task("cancel-deadline", task, more="<removeStart>true</removeStart>"))
    after_start = left()
    inner = f"<task-id>{task}</task-id><user-id>ann</user-id>"
    door.do(
        f'<task-composite-command><mainCommand {xsi} xsi:type="stopTaskCommand">{inner}'
        f'</mainCommand><commands {xsi} xsi:type="cancelDeadlineCommand">{inner}'
        "<removeEnd>true</removeEnd></commands></task-composite-command>",
        ver="6.0.3.1",
    )
    after_refusal = left()
    door.do(on_task("cancel-deadline-command", task, more="<removeEnd>true</removeEnd>"))
    (refused,) = door.do(
        on_task("cancel-deadline", tasks.add(boss, new, EMPTY).id, user="eve",
                more="<removeEnd>true</removeEnd>"), user="eve",
    )  # fmt: skip

    assert (before, after_start, after_refusal) == (nothing + 2, nothing + 1, nothing + 1)
    assert left() == nothing + 2, "those of the second task"
    assert refused.tag == "exception"
