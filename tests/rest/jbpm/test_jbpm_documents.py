"""Every document in both wire forms, byte for byte against the reference's samples."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest

from procession.rest.jbpm import shapes
from procession.services.views import AttachmentView, ContentView, Page, Person
from procession.values import Bean, Long, Map, Set
from procession.web.http import Reply
from tests.rest.jbpm.jbpm_samples import (
    HR,
    LOG,
    NOW,
    REST,
    SAMPLES,
    Sample,
    dialect,
    instance,
    request,
    task,
)

GOLDEN = Path(__file__).parent / "golden"


def written(sample: Sample, accept: str) -> bytes:
    form, payload, view, target, name = sample
    query = "map_age=5i" if form == "L" and name == "started" else ""
    reply = dialect(form).write(request(target, query, accept=accept), Reply(view, payload))
    assert reply.body is not None
    return reply.body


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample[0]}-{sample[4]}")
@pytest.mark.parametrize("kind", ["xml", "json"])
def test_a_document_is_what_the_reference_shows(sample: Sample, kind: str) -> None:
    expected = (GOLDEN / f"{sample[0]}-{sample[4]}.{kind}").read_text().rstrip("\n")

    assert written(sample, f"application/{kind}").decode() == expected


def test_no_golden_file_is_left_unused() -> None:
    used = {f"{form}-{name}" for form, _, _, _, name in SAMPLES}

    assert {path.stem for path in GOLDEN.iterdir()} == used


def xml(form: str, payload: shapes.Payload, view: object, **settings: str) -> str:
    reply = dialect(form, **settings).write(request(), Reply(view, payload))
    assert reply.content_type == "application/xml"
    return (reply.body or b"").decode()


def plain(form: str, payload: shapes.Payload, view: object) -> object:
    reply = dialect(form).write(request(accept="application/json"), Reply(view, payload))
    assert reply.content_type == "application/json"
    return msgspec.json.decode(reply.body or b"")


def test_dates_carry_the_zone_of_the_server() -> None:
    assert "<start>2014-05-14T01:53:20.123+09:00</start>" in xml(
        "M", shapes.PROCESS_LOG, LOG, time_zone="Asia/Tokyo"
    )


def test_an_empty_list_is_an_empty_element_and_an_empty_array() -> None:
    assert xml("L", shapes.LOG_LIST, Page(())).endswith("?><log-instance-list/>")
    assert plain("M", shapes.LOG_LIST, Page(()))["historyLogList"] == []  # type: ignore[index]


def test_page_numbers_appear_only_where_pages_were_asked_for() -> None:
    assert "page-" not in xml("M", shapes.LOG_LIST, Page((LOG,)))
    assert "page-" not in xml("L", shapes.LOG_LIST, Page((LOG,), number=1, size=10))


def test_a_called_instance_shows_its_parent() -> None:
    log = msgspec.structs.replace(LOG, parent_process_instance_id=3, status=2, outcome="E1")

    for form in "LM":
        document = xml(form, shapes.LOG_LIST, Page((log,)))
        assert "<parent-process-instance-id>3</parent-process-instance-id>" in document
        assert "<outcome>E1</outcome>" in document


@pytest.mark.parametrize("form", ["L", "M"])
def test_a_task_without_process_owner_or_document_has_the_numbers_clients_unbox(
    form: str,
) -> None:
    bare = task(
        process_instance_id=None, work_item_id=None, input_content_id=None, actual_owner=None,
        comments=(), potential_owners=(), business_administrators=(), form_name=None,
    )  # fmt: skip

    document = ElementTree.fromstring(xml(form, shapes.TASK, bare))

    data = document.find("jaxbTaskData" if form == "L" else "taskData")
    assert data is not None
    assert data.findtext("work-item-id") == "-1"
    assert data.findtext("process-instance-id") == "-1"
    assert data.findtext("document-content-id") == "-1"
    assert data.find("document-type") is None
    assert data.find("actual-owner") is None
    assert document.find("people-assignments") is not None
    assert document.find("form-name") is None


@pytest.mark.parametrize("form", ["L", "M"])
def test_a_full_task_shows_everything(form: str) -> None:
    full = task(
        subject="s", description="d", expires_at=NOW, output_content_id=6, fault_content_id=7,
        fault_name="f", fault_type="t", parent_id=2, sub_task_strategy="NoAction",
        excluded_owners=(Person("eve", "USER"),), stakeholders=(Person("sam", "USER"),),
        recipients=(Person("Clerks", "ROLE"),),
        attachments=(
            AttachmentView(
                id=1, name="a.txt", content_type="text/plain", attached_at=NOW,
                attached_by="ann", size=3, content_id=9,
            ),
        ),
    )  # fmt: skip

    document = xml(form, shapes.TASK, full)

    for piece in (
        "<expiration-time>2014-05-13T16:53:20.123Z</expiration-time>",
        "<output-content-id>6</output-content-id>",
        "<fault-name>f</fault-name>",
        "<excluded-owners><id>eve</id><type>USER</type></excluded-owners>",
        "<recipients><id>Clerks</id><type>GROUP</type></recipients>",
        "<attachment-content-id>9</attachment-content-id>",
        "<parent-id>2</parent-id>",
    ):
        assert piece in document
    ElementTree.fromstring(document)
    assert plain(form, shapes.TASK, full)


def test_a_summary_names_its_subtask_strategy_always_in_l_and_in_m_when_set() -> None:
    tasks = Page((task(),))
    strategic = Page((task(sub_task_strategy="EndParentOnAllSubTasksEnd"),))

    assert "<sub-task-strategy>NoAction<" in xml("L", shapes.TASK_LIST, tasks)
    assert "sub-task-strategy" not in xml("M", shapes.TASK_LIST, tasks)
    assert "<sub-task-strategy>EndParent" in xml("M", shapes.TASK_LIST, strategic)


def test_a_signalled_instance_has_no_outcome_of_its_own() -> None:
    view = shapes.InstanceWithVariables(instance(state=2), Map(a="1"))

    document = xml("L", shapes.SIGNALLED_INSTANCE, view)

    assert "<status>" not in document
    assert "<url>" not in document
    assert plain("M", shapes.SIGNALLED_INSTANCE, view)["status"] is None  # type: ignore[index]


def test_a_content_that_is_no_map_stands_under_content() -> None:
    content = ContentView(id=4, task_id=5, kind="output", value=("a", Long(1)))

    assert 'key="Content" class-name="java.util.ArrayList"' in xml("M", shapes.CONTENT, content)
    assert plain("L", shapes.CONTENT, content)["contentMap"] == {"Content": ["a", 1]}  # type: ignore[index]


def test_content_in_json_has_real_values() -> None:
    values = Map(
        TaskName="Review", count=5, flag=True, list=("a", 1), nothing=None, map=Map(k="v"),
        date=NOW,
    )  # fmt: skip
    content = ContentView(id=4, task_id=5, kind="input", value=values)

    assert plain("M", shapes.CONTENT, content)["contentMap"] == {  # type: ignore[index]
        "TaskName": "Review",
        "count": 5,
        "flag": True,
        "list": ["a", 1],
        "nothing": None,
        "map": {"k": "v"},
        "date": 1400000000123,
    }


def test_a_work_item_parameter_without_a_schema_type_falls_back_to_its_text_in_l() -> None:
    from tests.rest.jbpm.jbpm_samples import WORK_ITEM

    item = msgspec.structs.replace(
        WORK_ITEM, parameters=Map(a=(1, 2), b=Set(["x"]), c=Bean("acme.P"), d=True)
    )

    document = xml("L", shapes.WORK_ITEM, item)

    assert ">[1, 2]</value>" in document
    assert 'xsi:type="xs:boolean"' in document
    assert '<entry key="c"/>' in xml("M", shapes.WORK_ITEM, item)


def test_a_bare_deployment_id_is_shown_as_its_artifact_and_identifier() -> None:
    from procession.rest.jbpm.deployment import unknown_unit

    unit = unknown_unit("myDeployment", "DEPLOYED")

    assert "<groupId></groupId><artifactId>myDeployment</artifactId><version></version>" in xml(
        "L", shapes.UNIT, unit
    )
    assert plain("M", shapes.UNIT, unit)["identifier"] == "myDeployment"  # type: ignore[index]


def test_texts_are_escaped_and_characters_xml_forbids_replaced() -> None:
    nasty = task(name="a<b>&\"c'\x00\ud800\r")

    document = xml("L", shapes.TASK_LIST, Page((nasty,)))

    assert "<name>a&lt;b&gt;&amp;\"c'\ufffd\ufffd&#13;</name>" in document
    assert plain("L", shapes.TASK_LIST, Page((nasty,)))["list"][0]["name"] == (  # type: ignore[index]
        "a<b>&\"c'\x00\ufffd\r"
    )


def test_an_answer_that_cannot_be_written_is_an_internal_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    reply = dialect().write(request(), Reply(object(), shapes.TASK))

    assert reply.status == 500
    assert b"AttributeError" not in (reply.body or b"")
    assert HR not in caplog.text
    assert "cannot be written" in caplog.text
    assert REST in caplog.text
