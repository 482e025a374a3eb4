"""Versions: each difference is one flag, by setting and by context path."""

from __future__ import annotations

from typing import Any

import pytest

from docs.jbpm_versions import undescribed
from procession.errors import Invalid
from procession.rest.jbpm import shapes
from procession.rest.jbpm.params import typed_value
from procession.rest.jbpm.profiles import PROFILES, profile_of
from procession.rest.jbpm.shapes import DOCUMENTS, InstanceWithVariables
from procession.settings import Settings
from procession.values import Float, Long, Map
from procession.web.http import Reply
from tests.rest.jbpm.commands import opened
from tests.rest.jbpm.jbpm_samples import LOG, WORK_ITEM, dialect, instance, request, task
from tests.rest.jbpm.test_jbpm_exchanges import PASSWORD

VERSIONS = ("6.0", "6.1", "6.2", "6.3", "6.4", "6.5")


def told(version: str, view: Any, payload: Any, accept: str = "application/xml") -> str:
    reply = dialect(version).write(request(accept=accept), Reply(view, payload))
    return (reply.body or b"").decode()


def where(flag: str) -> list[object]:
    return [getattr(PROFILES[version], flag) for version in VERSIONS]


def test_old_words_for_the_oldest_and_the_newest() -> None:
    assert PROFILES["L"] is PROFILES["6.0"]
    assert PROFILES["M"] is PROFILES["6.5"]
    assert {profile.shapes for profile in PROFILES.values()} == set(DOCUMENTS)


@pytest.mark.parametrize(
    ("flag", "values"),
    [
        ("form", ["L", "L", "M", "M", "M", "M"]),
        ("full_url", [True, True, False, False, False, False]),
        ("one_log", [False, True, True, True, True, True]),
        ("undeploys_unknown", [True, False, False, False, False, False]),
        ("union_takes_status", [False, False, True, True, True, True]),
        ("own_tasks", [False, False, True, True, True, True]),
        ("one_language", [True, True, False, False, False, False]),
        ("clears_running", [True, True, False, False, False, False]),
        ("wrapped_values", [False, False, True, False, False, False]),
        ("copies_logs", [True, False, False, False, False, False]),
    ],
)
def test_where_a_flag_turns(flag: str, values: list[object]) -> None:
    assert where(flag) == values


def test_what_an_unknown_unit_is() -> None:
    known = [PROFILES[version].unknown_unit for version in VERSIONS]

    assert known == [(404, "NONEXISTENT"), (200, "NONEXISTENT"), *[(200, "UNDEPLOYED")] * 4]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1.5", ["1.5"] * 3 + [Float(1.5)] * 3),
        ("TRUE", ["TRUE"] * 3 + [True] + ["TRUE"] * 2),
        ("true", ["true"] * 4 + [True] * 2),
        ("12", [Long(12)] * 6),
    ],
)
def test_what_a_text_means(text: str, values: list[object]) -> None:
    found = [typed_value("map_x", text, PROFILES[version]) for version in VERSIONS]

    assert [(type(one), one) for one in found] == [(type(one), one) for one in values]


def test_the_page_of_a_form() -> None:
    assert where("form_page") == [
        *["org.kie.workbench.KIEWebapp/KIEWebapp.html"] * 2, *["kie-wb.html"] * 3, "kie-wb.jsp",
    ]  # fmt: skip


def test_work_items_carry_java_values_from_6_1_on() -> None:
    found = [told(version, WORK_ITEM, shapes.WORK_ITEM) for version in VERSIONS]

    assert ["<param-map>" in text for text in found] == [False, True, True, True, True, True]
    assert [text.partition("<id>")[0].rpartition("<")[2] for text in found] == [
        "work-item>", "work-item>", *["work-item-response>"] * 4,
    ]  # fmt: skip


def test_6_1_writes_variables_beside_an_instance_as_java_values() -> None:
    view = InstanceWithVariables(instance(), Map(name="Ann"))
    found = [told(version, view, shapes.INSTANCE_WITH_VARIABLES) for version in VERSIONS]

    assert ["class-name=" in text for text in found] == [False, True, False, False, False, False]


def test_the_texts_of_a_task() -> None:
    found = [told(version, task(), shapes.TASK) for version in VERSIONS]

    assert "<name><id>1</id><text>Review</text><lang>en-UK</lang></name>" in found[0]
    assert "<name>Review</name>" not in found[0]
    assert "<name>Review</name>" in found[1]
    assert "<names><id>1</id><text>Review</text><lang>en-UK</lang></names>" in found[1]
    assert "<jaxbTaskData>" in found[1]
    assert all("<language>en-UK</language></names>" in text for text in found[2:])


def test_the_parent_of_a_root_instance() -> None:
    found = [told(version, LOG, shapes.PROCESS_LOG) for version in VERSIONS[1:]]
    minus = "<parent-process-instance-id>-1</parent-process-instance-id>"

    assert [minus in text for text in found] == [False, False, True, True, True]


def test_a_context_path_may_speak_another_version() -> None:
    settings = Settings(jbpm_dialect="6.0", jbpm_mounts=("kie-wb=6.5", "/deep/er = 6.3", "=6.1"))

    def name(mount: str) -> str:
        asked = request()
        asked.mount = mount
        return profile_of(asked, settings).name

    assert [name(m) for m in ("/kie-wb/rest", "/deep/er/rest", "/rest", "/x/rest")] == [
        "6.5", "6.3", "6.1", "6.0",
    ]  # fmt: skip
    with pytest.raises(Invalid, match="jbpm_mounts"):
        dialect("L", jbpm_mounts=("kie-wb=7.0",))


def test_two_context_paths_of_one_server() -> None:
    with opened(jbpm_mounts=("kie-wb=6.5",)) as door:
        number = door.start()
        path = f"/rest/runtime/com.acme:hr:1.0/process/instance/{number}"

        old = door.client.get(f"/business-central{path}", auth=("ann", PASSWORD)).text
        new = door.client.get(f"/kie-wb{path}", auth=("ann", PASSWORD)).text

        assert "<process-instance>" in old
        assert "<process-instance-response>" in new


def test_every_difference_is_on_the_page_of_versions() -> None:
    assert undescribed() == set()
