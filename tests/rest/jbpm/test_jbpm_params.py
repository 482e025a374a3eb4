"""Section 3 of the reference: where parameters come from and what their texts mean."""

from __future__ import annotations

from typing import Any

import pytest

from procession.errors import Invalid, NotFound
from procession.rest.jbpm.params import FORM, Parameters, path_number
from procession.rest.jbpm.task_query import criteria
from procession.services.views import Page
from procession.values import EMPTY, Float, Long, Map
from tests.rest.jbpm.jbpm_samples import engine, request


def given(query: str = "", form: str = "L", **more: Any) -> Parameters:
    return Parameters(request(query=query, **more), engine(form))


TYPED = [
    ('"5000"', "5000", "5000"),
    ('""', "", ""),
    ('"', '"', '"'),
    ("5000", Long(5000), Long(5000)),
    ("5000l", Long(5000), Long(5000)),
    ("5000i", 5000, 5000),
    ("999999999i", 999999999, 999999999),
    ("123456789012345678", Long(123456789012345678), Long(123456789012345678)),
    ("0", Long(0), Long(0)),
    ("12f", "12f", Float(12)),
    ("1.5", "1.5", Float(1.5)),
    ("1.5f", "1.5f", Float(1.5)),
    ("2.1E4", "2.1E4", Float(2.1e4)),
    ("2.1E-3f", "2.1E-3f", Float(2.1e-3)),
    ("5f", "5f", "5f"),
    ("1.2.3", "1.2.3", "1.2.3"),
    ("true", "true", True),
    ("false", "false", False),
    ("True", "True", "True"),
    ("TRUE", "TRUE", "TRUE"),
    ("-5", "-5", "-5"),
    ("5L", "5L", "5L"),
    ("5I", "5I", "5I"),
    ("\u0665", "\u0665", "\u0665"),
    ("", "", ""),
    ("Ann", "Ann", "Ann"),
]


@pytest.mark.parametrize(("text", "in_l", "in_m"), TYPED)
def test_the_text_alone_decides_what_a_value_is(text: str, in_l: object, in_m: object) -> None:
    for form, expected in (("L", in_l), ("M", in_m)):
        parameters = given(form=form)
        parameters.pairs = [("map_a", text), ("event", text)]
        value = parameters.variables()["a"]

        assert value == expected
        assert type(value) is type(expected)


@pytest.mark.parametrize("text", ["1234567890i", "1234567890123456789", "123456789012345678l"])
def test_a_number_that_is_too_long_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="too long"):
        given(f"map_a={text}").variables()


def test_a_float_of_more_than_ten_characters_is_refused_where_floats_are_known() -> None:
    assert given("map_a=1.23456789E10").variables() == {"a": "1.23456789E10"}
    with pytest.raises(Invalid, match="too long for a Float"):
        given("map_a=1.23456789E10", "M").variables()


def test_blanks_around_a_map_value_are_trimmed_but_not_around_an_event() -> None:
    assert given("map_a=+5i+").variables() == {"a": 5}
    assert given("event=+5i+").event() == " 5i "


def test_the_key_is_everything_after_the_underscore_unchanged() -> None:
    query = "map_Name=a&map_name=b&map_a.b%20c=d&Map_x=1&other=2"

    assert given(query).variables() == {"Name": "a", "name": "b", "a.b c": "d"}


@pytest.mark.parametrize("query", ["map_a=1&map_a=2", "map_=1"])
def test_a_key_given_twice_or_not_at_all_is_refused(query: str) -> None:
    with pytest.raises(Invalid):
        given(query).variables()


def test_a_form_body_counts_like_the_query_string() -> None:
    parameters = given("map_a=q", body=b"map_b=%C3%A9+x&signal=go", content_type=FORM)

    assert parameters.variables() == {"a": "q", "b": "é x"}
    assert parameters.required("signal") == "go"
    with pytest.raises(Invalid):
        given("signal=a", body=b"signal=b", content_type=FORM).text("signal")
    with pytest.raises(Invalid, match="UTF-8"):
        given(body=b"\xff=1", content_type=FORM)


def test_any_other_body_is_no_parameter() -> None:
    assert given(body=b"map_a=1", content_type="text/plain").variables() is EMPTY
    assert given(body=b"PK\x03\x04\xff", content_type=FORM).pairs == []


def test_a_json_body_brings_variables_beside_the_parameters() -> None:
    body = b'{"list": [1, "a", null], "nothing": null, "big": 3000000000, "real": 1.5}'

    values = given("map_a=1i", body=body, content_type="application/json").variables()

    assert values == {
        "a": 1, "list": (1, "a", None), "nothing": None, "big": 3000000000, "real": 1.5,
    }  # fmt: skip
    assert isinstance(values, Map)


@pytest.mark.parametrize("body", [b"[1]", b"{", b'"text"', b"\xff", b'{"a": 2}', b"[" * 20_000])
def test_a_json_body_that_is_no_object_or_repeats_a_name_is_refused(body: bytes) -> None:
    with pytest.raises(Invalid):
        given("map_a=1", body=body, content_type="application/json").variables()


def test_the_event_of_a_signal_may_be_a_json_body_of_any_kind() -> None:
    body: dict[str, Any] = {"body": b"[1, 2]", "content_type": "application/json"}

    assert given("signal=s", **body).event() == (1, 2)
    assert given("signal=s&event=x", **body).event() == "x"
    assert given("signal=s").event() is None


def test_names_are_compared_without_regard_to_case() -> None:
    assert given("TARGETENTITYID=bob").required("targetEntityId", "targetId") == "bob"
    assert given("targetid=bob").required("targetEntityId", "targetId") == "bob"
    assert given("signal=").required("signal") == ""
    with pytest.raises(Invalid, match="2 times"):
        given("signal=a&signal=b").text("signal")
    assert given("pageSize=5&pagesize=6").page().size == 5
    with pytest.raises(Invalid, match="'signal' is missing"):
        given("").required("signal")


@pytest.mark.parametrize(("text", "expected"), [("5", 5), ("5l", 5), ("007", 7)])
def test_a_long_is_digits_perhaps_with_an_l(text: str, expected: int) -> None:
    assert given(f"runtimeProcInstId={text}").number("runtimeProcInstId") == expected
    assert given(f"taskId={text}&taskId=9").numbers("taskId") == (expected, 9)


@pytest.mark.parametrize("text", ["5i", "-5", "x", "", "5L", "1" * 19])
def test_anything_else_is_no_long(text: str) -> None:
    with pytest.raises(Invalid):
        given(f"taskId={text}").numbers("taskId")


@pytest.mark.parametrize(
    ("query", "number", "size"),
    [
        ("", None, None),
        ("page=2", 2, 10),
        ("pageSize=5", 1, 5),
        ("pagesize=5&PAGE=3", 3, 5),
        ("p=2&s=4", 2, 4),
        ("p=2&page=3&s=4&pageSize=5", 3, 5),
        ("page=0&s=5", 1, 5),
        ("page=0", 1, 10),
        ("s=0", None, None),
        ("page=3&s=0", None, None),
    ],
)
def test_pages_as_chosen_in_the_reference(query: str, number: int | None, size: int | None) -> None:
    page = given(query).page()

    assert (page.number, page.size) == (number, size)


@pytest.mark.parametrize("query", ["page=-1", "s=x", "page=", "p=1&p=2", "s=9999999999"])
def test_a_page_that_is_no_number_is_refused(query: str) -> None:
    with pytest.raises(Invalid):
        given(query).page()


def test_an_unpaged_task_list_is_cut_at_a_thousand() -> None:
    asked: list[Any] = []

    def ask(page: Any) -> Page[int]:
        asked.append((page.number, page.size))
        return Page((1,), number=page.number, size=page.size)

    assert given("").bounded(ask).size is None
    assert given("page=2").bounded(ask).size == 10
    assert asked == [(1, 1000), (2, 10)]


def test_correlation_properties_are_joined_in_order() -> None:
    assert given("corrProp=order&corrProp=17").correlation_key() == "order:17"
    assert given("corrprop=order").correlation_key() is None


def test_a_flag_is_true_in_any_case_and_nothing_else() -> None:
    assert given("union=TrUe").flag("union")
    assert not given("union=yes").flag("union")


def test_a_path_number_that_cannot_be_one_does_not_exist() -> None:
    assert path_number(request(path={"id": "12"}), "id", "task") == 12
    for text in ("-1", "1-2", "9" * 19):
        with pytest.raises(NotFound):
            path_number(request(path={"id": text}), "id", "task")


# -- the task query -----------------------------------------------------------------------------


def test_criteria_of_a_task_query() -> None:
    query = (
        "workItemId=3&workItemId=4l&taskID=27&processInstanceId=201&status=creAted"
        "&status=INPROGRESS&potentialOwner=bob&taskOwner=ann&businessAdministrator=Administrator"
        "&union=TRUE&language=en-UK&pagesize=5&p=1"
    )

    wanted = criteria(given(query))

    assert wanted.work_item_ids == (3, 4)
    assert wanted.task_ids == (27,)
    assert wanted.process_instance_ids == (201,)
    assert wanted.statuses == ("Created", "InProgress")
    assert wanted.potential_owners == ("bob",)
    assert wanted.task_owners == ("ann",)
    assert wanted.business_administrators == ("Administrator",)
    assert wanted.languages == ("en-UK",)
    assert wanted.union


def test_profiles_differ_in_visibility_and_in_what_union_does_with_statuses() -> None:
    legacy, modern = criteria(given("union=true")), criteria(given("union=true", "M"))

    assert (legacy.restricted, legacy.status_in_union) == (False, False)
    assert (modern.restricted, modern.status_in_union) == (True, True)


def test_language_may_be_given_once_in_l_and_often_in_m() -> None:
    with pytest.raises(Invalid):
        criteria(given("language=a&language=b"))
    assert criteria(given("language=a&language=b", "M")).languages == ("a", "b")


@pytest.mark.parametrize("query", ["owner=bob", "status=done", "taskId=x", "map_a=1"])
def test_a_task_query_refuses_what_it_does_not_know(query: str) -> None:
    with pytest.raises(Invalid):
        criteria(given(query))


def test_the_refusal_lists_the_names_that_are_known() -> None:
    with pytest.raises(Invalid, match=r"'owner'.*workItemId.*pageSize"):
        criteria(given("owner=bob"))
