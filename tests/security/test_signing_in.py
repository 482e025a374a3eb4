"""Getting in: guessing, tokens, people who are gone, the operator, the first administrator."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from statistics import median
from typing import Any

import httpx2
import jwt
import pytest

from procession.engine import Engine
from procession.errors import Rejected
from procession.identity.credentials import Hasher
from procession.identity.tokens import ALGORITHM, ISSUER
from procession.server import create_app
from procession.settings import Settings
from procession.values import Map
from serving import PASSWORD, put_people, serving
from tests.security.house import House, house, inside, vault

KEY = "the key of these tests, which is long enough for the hash it is used with"
LOGIN = "/eaf-rest/login"


@pytest.fixture(scope="module")
def opened() -> Iterator[House]:
    with house(token_key=KEY, login_failures=3) as one:
        yield one


@pytest.fixture
def still(opened: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """Time does not pass for those who are shut out: a slow machine must not let them in again."""
    throttle, moment = opened.engine.people._doorman._throttle, time.monotonic()
    monkeypatch.setattr(throttle, "_now", lambda: moment)
    return opened


def login(opened: House, name: str, password: str, client: str = "") -> httpx2.Response:
    body = {"username": name, "password": password, "clientId": client}
    return opened.served.client().post(LOGIN, json=body)


def token_of(opened: House, name: str, client: str = "") -> str:
    token: str = login(opened, name, PASSWORD, client).json()["id_token"]
    return token


def bearer(opened: House, token: str, **headers: str) -> httpx2.Response:
    given = {"Authorization": f"Bearer {token}", **headers}
    return opened.served.client().get("/api/me", headers=given)


def basic(opened: House, name: str, password: str) -> httpx2.Response:
    return httpx2.get(
        f"{opened.served.base}/api/me", auth=(name, password), trust_env=False, timeout=20
    )


def add(opened: House, name: str, *groups: str) -> None:
    opened.engine.people.add_user(opened.admin, name, PASSWORD, groups)


# -- guessing --------------------------------------------------------------------------------


def test_a_wrong_name_and_a_wrong_password_are_told_alike(opened: House) -> None:
    add(opened, "lena")
    add(opened, "gone")
    opened.engine.people.deactivate(opened.admin, "gone")

    def same(answers: list[httpx2.Response]) -> None:
        codes = {one.status_code for one in answers}
        assert codes == {401}
        bodies = set()
        for one in answers:
            body = one.json()
            body.pop("timestamp", None)
            bodies.add(json.dumps(body))
        assert len(bodies) == 1
        assert len({one.headers["www-authenticate"] for one in answers}) == 1

    same([basic(opened, name, "wrong") for name in ("lena", "nobody-there", "gone", "Lena")])
    same([basic(opened, "gone", PASSWORD), basic(opened, "nobody-there", PASSWORD)])
    same([login(opened, name, "wrong") for name in ("lena", "nobody-such", "gone")])


def test_a_wrong_name_costs_as_much_as_a_wrong_password() -> None:
    with Engine.open("sqlite://", settings=Settings(login_failures=100)) as engine:
        engine.people.directory.hasher = Hasher(memory_kib=8 * 1024, passes=1)
        engine.people.ensure_first_administrator(PASSWORD)

        def cost(name: str) -> float:
            began = time.perf_counter()
            with pytest.raises(Exception, match="wrong"):
                engine.people.authenticate(name, "wrong")
            return time.perf_counter() - began

        cost("nobody-there")
        wrong = median(cost("admin") for _ in range(9))
        unknown = median(cost("nobody-there") for _ in range(9))

    assert unknown > wrong / 3
    assert wrong > unknown / 3


def test_guessing_is_slowed_down_for_that_name_only(still: House) -> None:
    add(still, "mona")
    answers = [basic(still, "mona", f"guess {n}") for n in range(6)]

    assert [one.status_code for one in answers[:4]] == [401] * 4
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert basic(still, "mona", PASSWORD).status_code == 429
    assert login(still, "mona", PASSWORD).status_code in {401, 429}
    assert basic(still, "ann", PASSWORD).status_code == 200


def test_unknown_names_are_slowed_down_alike(still: House) -> None:
    answers = [basic(still, "nobody-here", "x").status_code for _ in range(6)]

    assert answers[:4] == [401] * 4
    assert answers[-1] == 429


def test_the_client_cannot_say_where_it_comes_from(still: House) -> None:
    """Else every guess would come from another place."""
    add(still, "nina")
    codes = []
    for n in range(6):
        got = still.served.client().get(
            "/api/me", auth=("nina", "x"), headers={"X-Forwarded-For": f"10.0.0.{n}"}
        )
        codes.append(got.status_code)

    assert codes[-1] == 429


@pytest.mark.parametrize(
    "header",
    [
        "Basic", "Basic !!!", "Basic Og==", "Basic YW5uOg==", "basic YW5u", "Bearer",
        "Bearer null", "Bearer undefined", "Digest x", "Negotiate x", "Basic " + "A" * 9_000,
        "Bearer " + "A" * 9_000, "Basic YWRtaW46\tAAAA", "Bearer a.b.c, Basic x",
    ],
)  # fmt: skip
def test_odd_headers_let_nobody_in(opened: House, header: str) -> None:
    got = opened.served.client().get("/api/me", headers={"Authorization": header})

    assert got.status_code in {400, 401, 429}


def test_the_system_itself_cannot_sign_in(opened: House) -> None:
    for name in ("Administrator", "system", "", "SYSTEM"):
        for password in ("", "Administrator", "admin", PASSWORD):
            assert basic(opened, name, password).status_code in {401, 429}


# -- the user parameter ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["user", "User", "userName", "actor", "as", "on_behalf_of"])
def test_a_name_in_the_address_is_not_who_one_is(opened: House, name: str) -> None:
    things = opened.fresh("InProgress")
    root, task = "/BPMREST/service/runtime", f"{things.task.id}-{things.task.uuid}"
    before = opened.state(things)

    for method, path in (
        ("POST", f"{root}/tasks/{task}/claim"),
        ("POST", f"{root}/tasks/{task}/unclaim"),
        ("POST", f"{root}/tasks/{task}/complete"),
        ("POST", f"/rest/task/{things.task.id}/complete"),
        ("GET", f"/rest/task/{things.task.id}"),
    ):
        nobody = opened.call(None, method, path, params={name: "olga"})
        stranger = opened.call("dave", method, path, params={name: "olga"})
        headed = opened.call(
            "dave",
            method,
            path,
            headers={
                "X-User": "olga",
                "Remote-User": "olga",
                "X-Remote-User": "olga",
                "user": "olga",
            },
        )

        assert nobody.status_code == 401
        assert stranger.status_code in {403, 404}
        assert headed.status_code == 404
    assert opened.state(things) == before


# -- tokens ----------------------------------------------------------------------------------


def claims(**more: Any) -> dict[str, Any]:
    told = {"sub": "admin", "clientId": "c", "exp": int(time.time()) + 900, "iss": ISSUER}
    return {**told, "stamp": "x", **more}


def unsigned(header: dict[str, Any], body: dict[str, Any]) -> str:
    parts = (urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in (header, body))
    return b".".join((*parts, b"")).decode()


def forged(good: str) -> dict[str, str]:
    """Tokens that are nearly right."""
    told = jwt.decode(good, options={"verify_signature": False})
    head, body, seal = good.split(".")
    other = {**told, "sub": "admin"}
    return {
        "no signature": unsigned({"alg": "none", "typ": "JWT"}, told),
        "None": unsigned({"alg": "None"}, told),
        "nOnE": unsigned({"alg": "nOnE"}, told),
        "cut off": f"{head}.{body}.",
        "another key": jwt.encode(told, "another key, " * 8, algorithm=ALGORITHM),
        "empty key": jwt.encode(told, "\0" * 64, algorithm=ALGORITHM),
        "another hash": jwt.encode(told, KEY, algorithm="HS256"),
        "another hash, longer": jwt.encode(told, KEY, algorithm="HS384"),
        "another body": f"{head}.{unsigned({}, other).split('.')[1]}.{seal}",
        "another user, right key": jwt.encode(other, KEY, algorithm=ALGORITHM),
        "expired": jwt.encode({**told, "exp": 1_000}, KEY, algorithm=ALGORITHM),
        "never expires": jwt.encode(
            {k: v for k, v in told.items() if k != "exp"}, KEY, algorithm=ALGORITHM
        ),
        "another issuer": jwt.encode({**told, "iss": "x"}, KEY, algorithm=ALGORITHM),
        "no stamp": jwt.encode(
            {k: v for k, v in told.items() if k != "stamp"}, KEY, algorithm=ALGORITHM
        ),
        "another stamp": jwt.encode({**told, "stamp": "0" * 24}, KEY, algorithm=ALGORITHM),
        "unknown user": jwt.encode({**told, "sub": "nobody"}, KEY, algorithm=ALGORITHM),
        "the system": jwt.encode({**told, "sub": "Administrator"}, KEY, algorithm=ALGORITHM),
        "a key in the header": jwt.encode(
            told, "x" * 64, algorithm=ALGORITHM, headers={"jwk": {"kty": "oct", "k": "eHg"}}
        ),
        "a file in the header": jwt.encode(
            told, "\0" * 64, algorithm=ALGORITHM, headers={"kid": "../../../../dev/null"}
        ),
        "two dots": "..",
        "five parts": f"{good}.x.y",
        "line break": f"{good[:40]}%0a{good[40:]}",
    }


FORGED = sorted(forged(jwt.encode(claims(), KEY, algorithm=ALGORITHM)))


@pytest.mark.parametrize("kind", FORGED)
def test_forged_tokens_are_refused_in_few_words(opened: House, kind: str) -> None:
    good = token_of(opened, "ann", "c")
    assert bearer(opened, good).json()["name"] == "ann"

    got = bearer(opened, forged(good)[kind])

    assert got.status_code == 401, kind
    assert "signature" not in got.text.lower()
    assert "padding" not in got.text.lower()


def test_a_token_belongs_to_one_client(opened: House) -> None:
    token = token_of(opened, "ann", "phone")

    assert bearer(opened, token, clientId="phone").status_code == 200
    assert bearer(opened, token, clientId="another").status_code == 401


def test_a_new_password_ends_tokens_and_remembered_credentials(opened: House) -> None:
    add(opened, "otto")
    token = token_of(opened, "otto")
    assert basic(opened, "otto", PASSWORD).status_code == 200

    opened.engine.people.set_password(opened.admin, "otto", "another horse")

    assert bearer(opened, token).status_code == 401
    assert basic(opened, "otto", PASSWORD).status_code == 401
    assert basic(opened, "otto", "another horse").status_code == 200


# -- people who are gone ---------------------------------------------------------------------


def test_a_deactivated_user_is_out_at_once(opened: House) -> None:
    add(opened, "paul", "clerks")
    token = token_of(opened, "paul")
    assert basic(opened, "paul", PASSWORD).status_code == bearer(opened, token).status_code == 200

    opened.call("admin", "POST", "/api/users/paul/deactivate")

    assert basic(opened, "paul", PASSWORD).status_code == 401
    assert bearer(opened, token).status_code == 401


def test_a_member_who_leaves_sees_the_groups_tasks_no_more(opened: House) -> None:
    add(opened, "rosa", "clerks")
    things = opened.fresh()
    path = f"/rest/task/{things.task.id}"
    assert opened.call("rosa", "GET", path).status_code == 200

    opened.call("admin", "DELETE", "/api/groups/clerks/members/rosa")

    assert opened.call("rosa", "GET", path).status_code == 404


def test_a_namesake_of_somebody_removed_inherits_nothing() -> None:
    with house(token_key=KEY) as opened:
        engine, admin = opened.engine, opened.admin
        people = engine.people
        add(opened, "vera", "clerks")
        people.grant_role(admin, "see-all", "vera")
        people.add_party(admin, "team", "vera")
        people.add_party_member(admin, "team", "vera")
        token = token_of(opened, "vera")
        vera = people.actor("vera")
        own = engine.processes.start(vera, "vault", Map(secret="x"))
        done, offered = opened.fresh(), opened.fresh()
        engine.tasks.claim(vera, done.task.id)
        engine.tasks.start(vera, done.task.id)
        engine.tasks.complete(vera, done.task.id)
        engine.tasks.assign(admin, offered.task.id, users=("vera",))
        with pytest.raises(Rejected, match="offered to vera alone"):
            people.remove_user(admin, "vera")  # else anybody could take it
        engine.tasks.assign(admin, offered.task.id, users=("vera", "carl"))

        time.sleep(0.002)
        people.remove_user(admin, "vera")
        add(opened, "vera")

        assert bearer(opened, token).status_code == 401
        told = opened.call("vera", "GET", "/api/me").json()
        assert (told["groups"], told["roles"]) == ([], [])
        unit = own.deployment_id
        for path in (
            f"/rest/runtime/{unit}/process/instance/{own.id}",
            f"/rest/history/instance/{own.id}",
            f"/rest/history/instance/{done.view.id}",
            f"/rest/task/{done.task.id}",
            f"/rest/task/{done.task.id}/content",
            f"/rest/task/{offered.task.id}",
        ):
            assert opened.call("vera", "GET", path).status_code == 404, path
        for path in (
            "/rest/history/instances",
            "/rest/task/query",
            "/rest/task/query?taskOwner=vera&status=Completed",
            "/rest/task/query?potentialOwner=vera",
            f"/rest/task/query?taskId={done.task.id}&status=Completed",
        ):
            assert opened.call("vera", "GET", path).text.endswith("list/>"), path
        assert opened.call("vera", "POST", f"/rest/task/{offered.task.id}/claim").status_code == 404


# -- the operator's key and the first start --------------------------------------------------


def test_the_operators_key_dies_with_the_server() -> None:
    with Engine.open("sqlite://") as engine:
        put_people(engine, {})
        with serving(engine) as first:
            key = first.app.operator_key
            headers = {"Authorization": f"Bearer {key}"}
            assert first.client().get("/api/users", headers=headers).status_code == 200
            for wrong in (key[:-1], key + "x", key.swapcase(), "x", "None"):
                given = {"Authorization": f"Bearer {wrong}"}
                assert first.client().get("/api/users", headers=given).status_code == 401
            assert first.client().get("/api/users", auth=("operator", key)).status_code == 401
        with serving(engine) as second:
            assert second.app.operator_key != key
            assert second.client().get("/api/users", headers=headers).status_code == 401


def test_the_operators_key_is_long_and_new_each_time() -> None:
    with Engine.open("sqlite://") as engine:
        apps = [create_app(engine) for _ in range(5)]
        keys = {app.operator_key for app in apps}
        for app in apps:
            app.endpoint.close()

    assert len(keys) == 5
    assert all(len(key) >= 43 for key in keys)


def test_an_administrator_is_made_only_when_there_is_nobody() -> None:
    with Engine.open("sqlite://") as engine:
        people = engine.people
        generated = people.ensure_first_administrator()
        assert generated is not None
        assert len(generated) >= 16

        assert people.ensure_first_administrator("chosen by an attacker") is None
        with pytest.raises(Exception, match="wrong"):
            people.authenticate("admin", "chosen by an attacker")
        people.add_user(engine.admin, "other", PASSWORD, ("Administrators",))
        people.remove_user(engine.admin, "admin")
        assert people.ensure_first_administrator("again") is None
        assert not people.exists_user("admin")


def test_somebody_is_enough_even_without_an_administrator() -> None:
    with Engine.open("sqlite://") as engine:
        engine.people.add_user(engine.admin, "first", PASSWORD)

        assert engine.people.ensure_first_administrator("late") is None
        assert not engine.people.exists_user("admin")


def test_generated_passwords_differ() -> None:
    made = set()
    for _ in range(3):
        with Engine.open("sqlite://") as engine:
            made.add(engine.people.ensure_first_administrator())
    assert len(made) == 3


def test_a_server_without_people_lets_nobody_in() -> None:
    with Engine.open("sqlite://") as engine:
        engine.deployments.deploy(engine.admin, "a:b:1", {"v.bpmn": vault(), "i.bpmn": inside()})
        with serving(engine) as served:
            for user in ("admin", "Administrator", "anybody"):
                for password in ("", "admin", PASSWORD):
                    got = served.client().get("/api/me", auth=(user, password))
                    assert got.status_code in {401, 429}
            for path in ("/api/users", "/api/setup", "/api/admin", "/setup", "/rest/setup"):
                assert served.client().post(path, json={"name": "x"}).status_code in {401, 404, 405}
            assert not engine.people.list_users(engine.admin)
