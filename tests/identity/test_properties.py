"""People from properties files, beside those of the database."""

from __future__ import annotations

import os

import pytest

from procession.engine import Engine
from procession.errors import Invalid, Unauthenticated
from procession.identity.properties import PropertiesFiles
from procession.identity.source import Known
from procession.settings import Settings

TEXT = r"""# people
! of ours
john = sales, hr
mary=
k\u00e4the=sales,\
    boss
ann=boss
john=john@example.com:en-UK:John Smith
hr=hr@example.com:en-UK:Personnel:[mary, john]
"""


def test_lines_are_read_as_java_reads_them(tmp_path):
    file = tmp_path / "roles.properties"
    file.write_text(TEXT, "utf-8")

    assert PropertiesFiles([str(file)]).people() == {
        "john": Known(frozenset({"sales", "hr"}), "John Smith", "john@example.com", "en-UK"),
        "mary": Known(frozenset({"hr"})),
        "käthe": Known(frozenset({"sales", "boss"})),
        "ann": Known(frozenset({"boss"})),
    }


@pytest.mark.parametrize("text", ["john", "=sales", "a=b\nrubbish"])
def test_a_file_that_cannot_be_read_stops_the_start(tmp_path, text):
    file = tmp_path / "roles.properties"
    file.write_text(text)

    with pytest.raises(Invalid, match=r"roles.properties, line \d: expected user=group"):
        Engine.open("sqlite://", settings=Settings(people_files=(str(file),)), threads=False)
    with pytest.raises(Invalid, match="cannot be read"):
        PropertiesFiles([str(tmp_path / "none")])


@pytest.fixture
def file(tmp_path):
    made = tmp_path / "roles.properties"
    made.write_text("john=sales\nann=boss\n")
    return made


@pytest.fixture
def engine(file):
    given = Settings(people_files=(str(file),))
    with Engine.open("sqlite://", settings=given, threads=False) as one:
        yield one


def test_people_of_files_exist_beside_those_of_the_database(engine):
    people, admin, directory = engine.people, engine.admin, engine.room.directory
    people.add_group(admin, "clerks")
    people.add_user(admin, "ann", None, ("clerks",))
    people.add_role(admin, "approver")

    assert directory.exists_user("john")
    assert directory.exists_group("sales")
    assert directory.groups_of("ann") == {"clerks", "boss"}
    assert directory.members_of("sales", "GROUP") == ("john",)
    assert people.actor("john").groups == {"sales"}
    people.grant_role(admin, "approver", "ann")
    assert people.actor("ann").roles == {"approver"}
    with pytest.raises(Unauthenticated):
        people.authenticate("john", "")


def test_a_changed_file_is_heard_of_and_a_broken_one_is_not(engine, file, caplog):
    directory = engine.room.directory
    assert not directory.exists_user("zoe")
    file.write_text("zoe=sales\n")
    os.utime(file, ns=(1, 1))
    directory.forget()

    assert directory.exists_user("zoe")
    assert not directory.exists_user("john")
    file.write_text("broken")
    os.utime(file, ns=(2, 2))
    directory.forget()
    assert directory.exists_user("zoe")
    assert "people read before stay" in caplog.text


def test_who_is_deactivated_in_the_database_stays_so(engine):
    engine.people.add_user(engine.admin, "john", None, ())
    engine.people.deactivate(engine.admin, "john")

    assert not engine.room.directory.exists_user("john")


def test_the_first_administrator_is_made_though_files_name_people(engine):
    assert engine.people.ensure_first_administrator("correct horse") is None

    assert engine.people.authenticate("admin", "correct horse").is_administrator
    assert engine.people.ensure_first_administrator() is None
