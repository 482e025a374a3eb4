"""What a work item for a person becomes, and what ends it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from procession.core.flags import JBPM, SPECIFICATION
from procession.core.graph import FlowNode, ProcessDefinition
from procession.core.records import Record, WaitClosed, WaitOpened
from procession.core.state import (
    PRIVATE,
    ROOT,
    DefinitionKey,
    ElementInstance,
    Wait,
    WaitKind,
    empty_state,
)
from procession.errors import ExecutionFailure
from procession.runtime.kept_tasks import TASK
from procession.runtime.projection import InstanceContext, Recorded, recorded
from procession.store.codec import decode_value
from procession.store.opening import open_store
from procession.store.repositories import tasks as repository
from procession.store.store import Store
from procession.tasks.projector import TaskProjector
from procession.values import EMPTY, Map

from .people_and_tasks import AT, Town

NOW = datetime.fromtimestamp(AT / 1000, UTC)


class Bench:
    """A projector over a real store, and turns made by hand."""

    def __init__(self, store: Store, *, is_jbpm: bool = True) -> None:
        self.store = store
        self.projector = TaskProjector(SimpleNamespace(directory=Town()))
        node = FlowNode(id="review", name="Review it", metadata=Map(Documentation="Look closely"))
        self.definition = ProcessDefinition(
            id="hiring",
            name="Hiring",
            key=DefinitionKey("acme:hr:1", "hiring", 1),
            root=FlowNode(id=""),
            nodes={"review": node},
            flows={},
            is_jbpm=is_jbpm,
            semantics=JBPM if is_jbpm else SPECIFICATION,
        )
        self.state = empty_state(1, self.definition.key)
        self.state.elements[ROOT] = ElementInstance(ROOT, "", 0)
        self.state.elements[3] = ElementInstance(3, "review", ROOT)
        self.wait_id = 10
        self.drawn = 100
        self.touched: list[tuple[str, int]] = []

    @contextmanager
    def turn(self, actor: str = "ann", **objects: object) -> Iterator[SimpleNamespace]:
        with self.store.read() as reader:
            turn = SimpleNamespace(
                uow=self.store.unit_of_work(),
                now=NOW,
                now_ms=AT,
                actor=actor,
                caller=actor,
                objects={},
                reader=reader,
                next_id=self.next_id,
                new_uuid=lambda: "494baede-088f-46bb-8a24-77b049ef996c",
                touch=lambda kind, number: self.touched.append((kind, number)),
                work_item_id=lambda instance, wait: wait + 1000,
            )
            yield turn
        assert self.store.commit([turn.uow]) == [None]

    def next_id(self, sequence: str = "public") -> int:
        self.drawn += 1
        return self.drawn

    def recorded(self, record: Record) -> Recorded:
        context = InstanceContext(
            1, "0e5f1d1c-2c61-4b6c-8f07-0c33a3b0f6d4", 1, 0, self.definition, self.state, AT, True
        )
        return recorded([record], context, 7, AT)

    def opened(self, parameters: dict[str, object]) -> Recorded:
        self.wait_id += 1
        wait = Wait(
            self.wait_id, 3, "review", WaitKind.WORK_ITEM, "Human Task", parameters=Map(parameters)
        )
        return self.recorded(WaitOpened(wait))

    def closed(self, how: str = "cancelled") -> Recorded:
        return self.recorded(WaitClosed(self.wait_id, WaitKind.WORK_ITEM, how, "Human Task", 3))

    def open(self, actor: str = "ann", **parameters: object):
        """Open one task in a turn of its own; gives it with its people."""
        record = self.opened(parameters)
        with self.turn(actor) as turn:
            self.projector.project([record], turn)
        return self.stored()

    def stored(self):
        with self.store.read() as reader:
            (task,) = repository.of_work_items(reader, [self.wait_id + 1000])
            people = repository.people_of(reader, [task.id])[task.id]
        return task, {(p.relation, p.kind, p.name) for p in people}

    def document(self, number: int | None):
        with self.store.read() as reader:
            row = repository.find_content(reader, number or 0)
        return decode_value(bytes(row.body)) if row else None

    def events(self, task_id: int) -> list[tuple[str, str, str]]:
        with self.store.read() as reader:
            rows = repository.events_of(reader, task_id)
        return [(row.type, row.actor, row.new_status) for row in rows]


@pytest.fixture
def bench() -> Iterator[Bench]:
    store = open_store("sqlite://")
    yield Bench(store)
    store.close()


def potential(people: set[tuple[str, str, str]]) -> set[tuple[str, str]]:
    return {(kind, name) for relation, kind, name in people if relation == "potential_owner"}


@pytest.mark.parametrize(
    ("parameters", "status", "owner", "offered"),
    [
        ({"ActorId": "ann"}, "Reserved", "ann", {("USER", "ann")}),
        ({"GroupId": "sales"}, "Ready", None, {("GROUP", "sales")}),
        ({"ActorId": "ann, bob ,ann"}, "Ready", None, {("USER", "ann"), ("USER", "bob")}),
        (
            {"ActorId": "ann", "GroupId": "leads"},
            "Ready",
            None,
            {("USER", "ann"), ("GROUP", "leads")},
        ),
        ({}, "Created", None, set()),
        ({"ActorId": " "}, "Created", None, set()),
        # counted before unknown names are dropped
        ({"ActorId": "ann,zoe"}, "Ready", None, {("USER", "ann")}),
        ({"ActorId": "zoe"}, "Ready", None, set()),
        ({"GroupId": "pirates"}, "Ready", None, set()),
    ],
)
def test_candidates_decide_the_first_status(bench, parameters, status, owner, offered):
    task, people = bench.open(**parameters)

    assert (task.status, task.actual_owner) == (status, owner)
    assert potential(people) == offered


def test_the_administrator_and_administrators_always_administer(bench):
    _, people = bench.open(
        BusinessAdministratorId="carl,zoe", BusinessAdministratorGroupId="leads,pirates"
    )

    administrators = {(k, n) for relation, k, n in people if relation == "business_administrator"}
    assert administrators == {
        ("USER", "Administrator"),
        ("GROUP", "Administrators"),
        ("USER", "carl"),
        ("GROUP", "leads"),
    }


def test_the_other_relations_are_users_that_exist(bench):
    _, people = bench.open(
        TaskStakeholderId="ann,zoe", ExcludedOwnerId="bob", RecipientId="carl,zoe"
    )

    assert {
        ("stakeholder", "USER", "ann"),
        ("excluded_owner", "USER", "bob"),
        ("recipient", "USER", "carl"),
    } <= people
    assert not any(name == "zoe" for _, _, name in people)


def test_parameters_become_the_fields_of_the_task(bench):
    task, _ = bench.open(
        TaskName="ReviewForm",
        NodeName="Review the paper",
        Comment="Have a look",
        Priority="7",
        Skippable="false",
        Locale="de-DE",
        CreatedBy="bob",
        DueDate="P1d4h",
        ParentId="42",
        ActorId="ann",
    )

    assert (task.form_name, task.name) == ("ReviewForm", "Review the paper")
    assert (task.subject, task.description) == ("Have a look", "Have a look")
    assert (task.priority, task.skipable, task.language) == (7, False, "de-DE")
    assert (task.created_by, task.caused_by) == ("bob", "ann")
    assert task.expires_at == AT + 28 * 3_600_000
    assert task.parent_id == 42
    assert (task.instance_id, task.root_id, task.wait_id) == (1, 1, bench.wait_id)
    assert task.work_item_id == bench.wait_id + 1000
    assert (task.process_id, task.process_name) == ("hiring", "Hiring")
    assert (task.deployment_id, task.node_id) == ("acme:hr:1", "review")


def test_missing_parameters_have_their_defaults(bench):
    task, _ = bench.open(Priority="urgent", DueDate="whenever", ActorId="bob")

    assert (task.priority, task.skipable, task.language) == (0, True, "en-UK")
    assert (task.name, task.subject, task.description) == ("Review it", "", "")
    assert (task.form_name, task.expires_at, task.created_by) == (None, None, "bob")
    assert (task.load_entity, task.load_param) == (None, "=")


@pytest.mark.parametrize(
    ("text", "hours"),
    [("PT8H", 8), ("P1d", 24), ("P2h", 2), ("2026-01-05T09:00:00Z", None), ("P1D", 24)],
)
def test_due_dates_are_read_in_every_form(bench, text, hours):
    task, _ = bench.open(DueDate=text)

    expected = AT + hours * 3_600_000 if hours else 1_767_603_600_000
    assert task.expires_at == expected


@pytest.mark.parametrize(
    "text",
    ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "P99999999999d", "P9999Y", "soon"],
)
def test_a_due_date_that_no_calendar_has_is_none(bench, text):
    task, _ = bench.open(DueDate=text)

    assert task.expires_at is None


def test_the_document_holds_all_parameters_or_only_the_content(bench):
    whole, _ = bench.open(ActorId="ann", reason="party", **{PRIVATE: Map(lane="Front")})
    only, _ = bench.open(ActorId="ann", reason="party", Content=Map(a=1))

    assert bench.document(whole.input_content_id) == {"ActorId": "ann", "reason": "party"}
    assert bench.document(only.input_content_id) == {"Content": {"a": 1}}
    assert whole.lane == "Front"


def test_placeholders_are_filled_in(bench):
    task, _ = bench.open(
        NodeName="Review ${task.processInstanceId}", Comment="${reason}: ${nothing}", reason="party"
    )

    assert task.name == "Review 1"
    assert task.subject == "party: ${nothing}"


def test_opening_is_remembered(bench):
    task, _ = bench.open(ActorId="ann")

    assert bench.events(task.id) == [("ADDED", "ann", "Reserved")]


def test_what_timers_bring_about_was_done_by_the_system(bench):
    task, _ = bench.open(actor="Administrator")

    assert task.caused_by == "system"


def test_a_task_of_a_lane_is_claimed_for_who_works_there(bench):
    task, _ = bench.open(GroupId="sales", SwimlaneActorId="ann")

    assert (task.status, task.actual_owner) == ("Reserved", "ann")
    assert bench.events(task.id) == [("ADDED", "ann", "Ready"), ("CLAIMED", "ann", "Reserved")]


def test_who_may_not_claim_for_the_lane_does_not(bench):
    stranger, _ = bench.open(GroupId="sales", SwimlaneActorId="mary")
    reserved, _ = bench.open(ActorId="bob", SwimlaneActorId="ann")

    assert (stranger.status, stranger.actual_owner) == ("Ready", None)
    assert (reserved.status, reserved.actual_owner) == ("Reserved", "bob")


def test_an_aborted_process_exits_its_tasks(bench):
    opened, _ = bench.open(ActorId="ann", BusinessAdministratorId="carl")

    with bench.turn() as turn:
        bench.projector.project([bench.closed()], turn)

    exited, _ = bench.stored()
    assert (exited.status, exited.previous_status) == ("Exited", "Reserved")
    assert exited.version == opened.version + 1
    assert bench.events(opened.id)[-1] == ("EXITED", "carl", "Exited")
    assert (TASK, opened.id) in bench.touched


@pytest.mark.parametrize("how", ["met", "failed", "cancelled"])
def test_a_work_item_closed_past_its_task_exits_it(bench, how):
    task, _ = bench.open(GroupId="sales")

    with bench.turn() as turn:
        bench.projector.project([bench.closed(how)], turn)

    assert bench.stored()[0].status == "Exited"
    assert bench.events(task.id)[-1] == ("EXITED", "Administrator", "Exited")


def test_a_task_completed_in_the_same_turn_stays_completed(bench):
    task, _ = bench.open(ActorId="ann")
    task.status = "Completed"

    with bench.turn() as turn:
        turn.objects[TASK, task.id] = task
        bench.projector.project([bench.closed("met")], turn)
        assert turn.uow.is_empty()


def test_opened_and_closed_in_one_turn_leaves_an_exited_task(bench):
    opened = bench.opened({"ActorId": "ann"})

    with bench.turn() as turn:
        bench.projector.project([opened, bench.closed()], turn)

    assert bench.stored()[0].status == "Exited"


def test_other_work_items_are_nobodys_task(bench):
    wait = Wait(9, 3, "review", WaitKind.WORK_ITEM, "Service Task", parameters=EMPTY)

    with bench.turn() as turn:
        bench.projector.project([bench.recorded(WaitOpened(wait))], turn)
        assert turn.uow.is_empty()


# -- ONEWEB ----------------------------------------------------------------------------------


@pytest.fixture
def hotel() -> Iterator[Bench]:
    store = open_store("sqlite://")
    yield Bench(store, is_jbpm=False)
    store.close()


def test_a_lane_offers_its_tasks_to_the_work_party_of_its_name(hotel):
    task, people = hotel.open(**{PRIVATE: Map(lane="Front desk")})

    assert (task.status, task.actual_owner) == ("Ready", None)
    assert potential(people) == {("USER", "ann"), ("ROLE", "approver"), ("PARTY", "Front desk")}


def test_an_empty_work_party_makes_an_open_task(hotel):
    task, people = hotel.open(**{PRIVATE: Map(lane="Nobody")})

    assert task.status == "Created"
    assert potential(people) == {("PARTY", "Nobody")}


def test_whoever_is_named_goes_before_the_lane(hotel):
    _, people = hotel.open(ActorId="bob", **{PRIVATE: Map(lane="Front desk")})

    assert potential(people) == {("USER", "bob")}


def test_in_files_of_jbpm_a_lane_offers_nothing(bench):
    task, people = bench.open(**{PRIVATE: Map(lane="Front desk")})

    assert (task.status, potential(people)) == ("Created", set())


def test_an_unknown_assignment_policy_is_refused(hotel):
    opened = hotel.opened({PRIVATE: Map(lane="Front desk", allocation="Whoever")})

    with (
        pytest.raises(ExecutionFailure, match=r"'Whoever'; known are custom, lane, loadbalance"),
        hotel.turn() as turn,
    ):
        hotel.projector.project([opened], turn)


@pytest.mark.parametrize(
    ("modelled", "expected"), [("", 50), ("70", 70), ("0", 1), ("500", 99), ("much", 50)]
)
def test_modelled_priorities_go_from_1_to_99(hotel, modelled, expected):
    task, _ = hotel.open(**{PRIVATE: Map(priority=modelled)})

    assert task.priority == expected


def test_forms_are_opened_with_values_of_the_process(hotel):
    hotel.state.variables[ROOT] = {"RoomObject": Map(roomNo="A 12&13", nights=2)}
    parameters = Map({"ROOM": "#{RoomObject.roomNo}", "n": "#{RoomObject.nights}", "x": "#{No.no}"})

    task, _ = hotel.open(
        **{PRIVATE: Map(form_key="EN_BOOKING", form_parameters=parameters, due_date="P1d")}
    )

    assert task.load_entity == "EN_BOOKING"
    assert task.load_param == "ROOM=A%2012%2613&n=2&x="
    assert task.due_at == AT + 24 * 3_600_000


def test_without_a_due_date_the_first_boundary_timer_counts(hotel):
    due = datetime.fromtimestamp(AT / 1000 + 60, UTC)
    hotel.state.waits[4] = Wait(4, 3, "late", WaitKind.TIMER, due=due)
    hotel.state.owned[3] = {4: None}

    task, _ = hotel.open()

    assert task.due_at == AT + 60_000
    assert task.description == "Look closely"
