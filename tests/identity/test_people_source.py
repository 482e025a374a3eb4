"""Another directory is plugged in: its people work, and come in by their own passwords and tokens.

What stands here for a directory server and an identity provider is a table; the contract is that
of ``identity/source.py``, by which LDAP and OpenID Connect come in.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from procession.engine import Engine
from procession.errors import Invalid, Unauthenticated
from procession.identity.source import Known
from procession.settings import Settings
from procession.tasks.ad_hoc import NewTask
from procession.tasks.lifecycle import Candidate
from serving import Served, serving


class Company:
    """A directory of a company: people, their passwords, and the tokens of its sign-in page."""

    def __init__(self) -> None:
        self.known = {
            "lena": Known(frozenset({"sales"}), "Lena Berg", "lena@example.com", "de-DE"),
            "otto": Known(frozenset({"sales", "boss"})),
            "root": Known(frozenset({"Administrators"})),
        }
        self.passwords = {"lena": "lenas own", "otto": "ottos own", "root": "roots own"}
        self.tokens = {"token-of-otto": "otto", "token-of-nobody": "nobody"}
        self.asked: list[str] = []
        self.version = 1
        self.is_away = False

    def stamp(self) -> str:
        return str(self.version)

    def people(self) -> dict[str, Known]:
        return dict(self.known)

    def verify(self, name: str, password: str) -> bool:
        self.asked.append(name)
        if self.is_away:
            raise TimeoutError
        return not password or self.passwords.get(name) == password  # a bind without a password

    def whose(self, token: str) -> str | None:
        return self.tokens.get(token)


made: list[Company] = []


def company() -> Company:
    """What the setting names."""
    made.append(Company())
    return made[-1]


@pytest.fixture
def served(tmp_path) -> Iterator[Served]:
    file = tmp_path / "roles.properties"
    file.write_text("lena=night\njohn=sales\n")
    given = Settings(people_files=(str(file),), people_source=f"{__name__}:company")
    with Engine.open("sqlite://", settings=given) as engine, serving(engine) as one:
        yield one


@pytest.fixture
def directory(served) -> Company:
    return made[-1]


def name_of(served: Served, **how) -> str | int:
    answer = served.client().get("/api/me", **how)
    return answer.json()["name"] if answer.status_code == 200 else answer.status_code


def test_its_people_come_in_with_their_own_passwords_and_do_tasks(served, directory):
    engine = served.engine
    offered = NewTask(name="Call", potential_owners=(Candidate("GROUP", "sales"),))
    task = engine.tasks.add(engine.admin, offered)
    lena = ("lena", "lenas own")

    answer = served.client().post(f"/rest/task/{task.id}/claim", auth=lena)

    assert answer.status_code == 200
    assert engine.tasks.get(engine.admin, task.id).actual_owner == "lena"
    me = served.client().get("/api/me", auth=lena).json()
    assert (me["name"], sorted(me["groups"])) == ("lena", ["night", "sales"])
    assert engine.directory.members_of("sales", "GROUP") == ("john", "lena", "otto")
    assert engine.directory.person("lena").email == "lena@example.com"
    engine.tasks.delegate(engine.admin, task.id, "otto")
    with pytest.raises(Invalid):
        engine.tasks.delegate(engine.admin, task.id, "nobody")


def test_a_right_password_is_not_asked_for_twice(served, directory):
    for _ in range(3):
        assert name_of(served, auth=("lena", "lenas own")) == "lena"

    assert directory.asked == ["lena"]


@pytest.mark.parametrize(
    "auth", [("lena", "wrong"), ("lena", ""), ("nobody", ""), ("john", ""), ("john", "x")]
)
def test_nobody_else_comes_in(served, auth):
    assert name_of(served, auth=auth) == 401


def test_its_administrators_are_ours(served):
    answer = served.client().get("/api/users", auth=("root", "roots own"))

    assert answer.status_code == 200
    assert {"lena", "otto", "john"} <= {user["name"] for user in answer.json()["items"]}


def test_its_tokens_are_understood_beside_our_own(served, directory):
    def by(token: str) -> str | int:
        return name_of(served, headers={"Authorization": f"Bearer {token}"})

    assert by("token-of-otto") == "otto"
    assert by("token-of-nobody") == 401
    assert by("rubbish") == 401
    body = {"username": "lena", "password": "lenas own", "clientId": "c1", "ldapproviderurl": ""}
    own = served.client().post("/eaf-rest/login", json=body).json()["id_token"]
    assert by(own) == "lena"

    directory.known["lena"] = Known(stamp="signed out")
    directory.version += 1
    served.engine.directory.forget()
    assert by(own) == 401


def test_who_has_a_password_in_the_database_needs_that_one(served):
    people, admin = served.engine.people, served.engine.admin
    people.add_user(admin, "lena", "correct horse", ())

    assert name_of(served, auth=("lena", "correct horse")) == "lena"
    assert name_of(served, auth=("lena", "lenas own")) == 401


def test_who_left_or_was_shut_out_does_not_come_in(served, directory):
    people, admin = served.engine.people, served.engine.admin
    people.add_user(admin, "otto", None, ())
    people.deactivate(admin, "otto")
    assert name_of(served, auth=("otto", "ottos own")) == 401
    assert name_of(served, headers={"Authorization": "Bearer token-of-otto"}) == 401

    assert name_of(served, auth=("root", "roots own")) == "root"
    del directory.known["root"]
    directory.version += 1
    served.engine.directory.forget()
    assert name_of(served, auth=("root", "roots own")) == 401


def test_while_it_does_not_answer_people_are_told_to_try_again(served, directory, caplog):
    directory.is_away = True

    assert name_of(served, auth=("lena", "lenas own")) == 503

    assert "lenas own" not in caplog.text
    directory.is_away = False
    assert name_of(served, auth=("lena", "lenas own")) == "lena"


@pytest.mark.parametrize(
    "place", ["nowhere", "no_such_module:x", f"{__name__}:nothing", "os:getcwd"]
)
def test_a_source_that_is_none_stops_the_start(place):
    with pytest.raises(Invalid, match="wrong setting: people_source"):
        Engine.open("sqlite://", settings=Settings(people_source=place), threads=False)


def test_a_source_may_leave_passwords_to_the_database(tmp_path):
    file = tmp_path / "roles.properties"
    file.write_text("john=sales\n")
    given = Settings(people_files=(str(file),))
    with Engine.open("sqlite://", settings=given, threads=False) as engine:
        with pytest.raises(Unauthenticated):
            engine.people.authenticate("john", "x")
        engine.people.add_user(engine.admin, "john", "correct horse", ())
        assert engine.people.authenticate("john", "correct horse").groups == {"sales"}
