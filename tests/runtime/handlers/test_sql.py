"""SQL, on real databases."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, make_url, text

from procession.testing.models import parameters
from tests.runtime.handlers.house import incident, run, run_model
from tests.runtime.rooms import jobs, straight, variables, visited


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def place(request, tmp_path):
    """A database with a table of rooms; each test its own."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/rooms.db"
    else:
        url = request.getfixturevalue("empty_postgresql")
    execute(url, "create table room (id integer primary key, name text unique, price numeric(8,2))")
    execute(url, "insert into room values (1, 'red', 10.5), (2, 'blue', 20), (3, 'O''Hara', null)")
    return url


def connect(url):
    place = make_url(url)
    if place.get_backend_name() == "postgresql":
        place = place.set(drivername="postgresql+psycopg")
    return create_engine(place)


def execute(url, statement):
    engine = connect(url)
    with engine.begin() as connection:
        found = connection.execute(text(statement))
        rows = found.fetchall() if found.returns_rows else []
    engine.dispose()
    return rows


@pytest.fixture
def engine(open_engine, place):
    return open_engine(sql_connections=(f"hotel={place}",), handler_seconds=1, sql_rows=10)


def asking(variable: str = "given", **constants: str):
    inside = parameters(
        constants={"Connection": "hotel", **constants},
        inputs={"Parameters": variable},
        outputs={"Result": "rows", "RowCount": "count"},
    )
    return straight(
        "p",
        lambda m: m.task("t", inside, taskName="SQL"),
        lambda m: m.task("w", taskName="Wait"),
        variables="given rows count",
    )


def answers(engine, given, statement, **constants):
    id = run_model(engine, asking(Statement=statement, **constants), {"given": given})
    return engine.processes.get(engine.admin, id).variables


def test_rows_are_a_list_of_objects(engine):
    found = answers(engine, {"least": 15}, "select id, name from room where price > :least")

    assert found["rows"] == ({"id": 2, "name": "blue"},)
    assert found["count"] == 1


def test_values_are_bound_and_never_part_of_the_statement(engine, place):
    hostile = "x'; drop table room; --"

    found = answers(engine, {"name": hostile}, "select * from room where name = :name")
    listed = answers(engine, ["O'Hara"], "select id from room where name = ? and '?' = '?'")

    assert found["rows"] == ()
    assert listed["rows"] == ({"id": 3},)
    assert len(execute(place, "select * from room")) == 3


def test_what_is_changed_is_counted_and_committed(engine, place):
    found = answers(
        engine, {"by": 5}, "update room set price = price + :by where price is not null"
    )

    assert found["count"] == 2
    assert [row[0] for row in execute(place, "select price from room order by id")][:2] == [
        15.5,
        25,
    ]


def test_a_statement_may_act_once_however_often_it_is_tried(engine, place, monkeypatch):
    """The machine dies after the commit and before that was stored."""
    execute(place, "create table booked (work_item text primary key, room integer)")
    model = asking(
        Statement="insert into booked values (:work_item_key, :room) on conflict do nothing"
    )
    jobs_of = engine._worker._jobs
    conclude = jobs_of.conclude
    monkeypatch.setattr(jobs_of, "conclude", _dies)
    run_model(engine, model, {"given": {"room": 12}})
    monkeypatch.setattr(jobs_of, "conclude", conclude)

    engine.room.clock.advance(timedelta(minutes=1))
    engine.run_due_jobs()

    assert [row[1] for row in execute(place, "select * from booked")] == [12]
    assert not [job for job in jobs(engine) if job.topic == "SQL"]


def _dies(*_):
    raise OSError("the machine died")


@pytest.mark.parametrize("code", ["SQL_INTEGRITY", "SQL_ERROR", "java.sql.SQLException"])
def test_a_statement_that_is_refused_is_an_error_for_the_model(engine, code):
    id = run(engine, "SQL", code=code, Statement="insert into room values (1, 'green', 1)")

    assert visited(engine, id, "caught") == 1


def test_what_the_database_says_is_told_without_the_values(engine):
    answers(engine, {"name": "red"}, "insert into room values (9, :name, 1)")

    assert "the database hotel refused: " in incident(engine)
    assert "red" not in incident(engine)


@pytest.mark.parametrize("most", ["2", ""])
def test_the_model_may_want_fewer_rows_but_not_more(engine, most):
    statement = "select * from room" if most else "select * from room a, room b, room c"

    id = run(engine, "SQL", code="SQL_TOO_MANY_ROWS", Statement=statement, MaxRows=most)

    assert visited(engine, id, "caught") == 1


def test_a_statement_has_a_time_limit(engine, place):
    endless = (
        "select pg_sleep(30)"
        if "postgresql" in place
        else "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n"
    )
    begun = time.monotonic()

    run(engine, "SQL", Statement=endless)

    assert time.monotonic() - begun < 10
    assert jobs(engine)[0].failures == 1


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"Connection": "other"}, "there is no connection 'other'"),
        ({"Connection": "hotel", "Statement": ""}, "SQLStatement is a required parameter"),
        ({"Statement": "select :a"}, "the statement needs values for a"),
        ({"Statement": "selec"}, "refused"),
        ({"Parameters": "x"}, "Parameters must be an object or a list"),
        ({"MaxRows": "11"}, "MaxRows must be 1 to 10"),
    ],
)
def test_what_cannot_be_run_is_told(engine, given, told):
    run(engine, "SQL", **{"Statement": "select 1", **given})

    assert told in incident(engine)


@pytest.mark.parametrize(
    "statement",
    ["attach database '{other}' as o", "pragma journal_mode = off", "vacuum into '{other}'"],
)
def test_a_statement_does_not_leave_its_file(open_engine, tmp_path, statement):
    other = tmp_path / "other.db"
    engine = open_engine(sql_connections=(f"hotel=sqlite:///{tmp_path}/rooms.db",))

    run(engine, "SQL", Statement=statement.format(other=other))

    assert incident(engine)
    assert not other.exists()


def test_a_password_is_never_told(open_engine):
    engine = open_engine(sql_connections=("hotel=postgresql://u:s3cret@127.0.0.1:1/x",))

    run(engine, "SQL", Statement="select 1")

    assert "s3cret" not in (jobs(engine)[0].last_error + repr(engine.settings))


def test_a_database_of_another_kind_is_refused(open_engine):
    engine = open_engine(sql_connections=("hotel=mysql://127.0.0.1/x",))

    run(engine, "SQL", Statement="select 1")

    assert "is not a database this server can use" in incident(engine)


def test_a_task_may_name_the_handler_by_its_implementation(engine):
    inside = parameters(
        constants={"Statement": "select count(*) as n from room"}, outputs={"RowCount": "count"}
    )
    process = straight(
        "p", lambda m: m.service("s", inside, implementation="database"), variables="count"
    )

    assert variables(engine, run_model(engine, process)) == {"count": "1"}
