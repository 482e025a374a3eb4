"""Sign-in tokens: what they say, and every way to forge one that must fail."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from procession.errors import Invalid, Unauthenticated
from procession.identity.tokens import Tokens, generate_key

KEY = "k" * 64
NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
GOOD = {"sub": "ann", "clientId": "app", "exp": 1_800_000_000, "iss": "com.avalant.jwt"}


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(KEY)


def part(text: str) -> dict[str, object]:
    return json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def coded(value: object) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_a_token_has_the_header_and_claims_of_the_platform(tokens):
    head, body, _ = tokens.issue("ann", "app", "stamp", NOW).split(".")

    claims = part(body)
    assert part(head)["alg"] == "HS512"
    assert (claims["sub"], claims["clientId"], claims["iss"]) == ("ann", "app", "com.avalant.jwt")
    assert claims["exp"] == int((NOW + timedelta(days=1)).timestamp())


def test_a_token_says_whose_it_is_until_it_expires(tokens):
    token = tokens.issue("ann", "app", "stamp", NOW)

    claims = tokens.read(token, NOW + timedelta(hours=23), "app")

    assert (claims.name, claims.client_id) == ("ann", "app")
    assert tokens.fits(claims, "stamp")
    assert not tokens.fits(claims, "another stamp")
    with pytest.raises(Unauthenticated, match="expired"):
        tokens.read(token, NOW + timedelta(days=1))


def test_the_client_is_compared_when_it_is_given(tokens):
    token = tokens.issue("ann", "app", "stamp", NOW)

    assert tokens.read(token, NOW).name == "ann"
    with pytest.raises(Unauthenticated):
        tokens.read(token, NOW, "other")


def test_a_token_does_not_tell_the_stamp(tokens):
    token = tokens.issue("ann", "app", "stamp", NOW)

    assert part(token.split(".")[1])["stamp"] != "stamp"


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "HS256", "HS384", "RS512", ""])
def test_other_algorithms_and_none_are_refused(tokens, algorithm):
    if algorithm.startswith("HS"):
        token = jwt.encode(GOOD, KEY, algorithm=algorithm)
    else:
        token = f"{coded({'alg': algorithm, 'typ': 'JWT'})}.{coded(GOOD)}."

    with pytest.raises(Unauthenticated):
        tokens.read(token, NOW)


def test_a_token_changed_in_any_part_is_refused(tokens):
    head, body, seal = tokens.issue("ann", "app", "stamp", NOW).split(".")
    forged = coded({**part(body), "sub": "admin"})

    for token in (f"{head}.{forged}.{seal}", f"{head}.{body}.", f"{head}.{body}", f"{body}.{seal}"):
        with pytest.raises(Unauthenticated):
            tokens.read(token, NOW)


def test_a_token_under_another_key_is_refused(tokens):
    token = Tokens("x" * 64).issue("ann", "app", "stamp", NOW)

    with pytest.raises(Unauthenticated):
        tokens.read(token, NOW)


@pytest.mark.parametrize(
    "claims",
    [
        {**GOOD, "iss": "somebody else"},
        {**GOOD, "exp": "soon"},
        {**GOOD, "exp": 10**30},
        {**GOOD, "exp": [1]},
        {**GOOD, "sub": 7},
        {**GOOD, "clientId": 7},
        {k: v for k, v in GOOD.items() if k != "exp"},
        {k: v for k, v in GOOD.items() if k != "iss"},
        {k: v for k, v in GOOD.items() if k != "sub"},
        {k: v for k, v in GOOD.items() if k != "clientId"},
    ],
)
def test_well_signed_tokens_with_wrong_claims_are_refused(tokens, claims):
    token = jwt.api_jws.encode(json.dumps(claims).encode(), KEY, algorithm="HS512")

    with pytest.raises(Unauthenticated):
        tokens.read(token, NOW)


@pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "x" * 9000, "é.é.é", "\0"])
def test_rubbish_is_refused(tokens, token):
    with pytest.raises(Unauthenticated):
        tokens.read(token, NOW)


def test_a_short_key_is_refused_and_a_made_one_is_long_enough():
    with pytest.raises(Invalid, match="64 bytes"):
        Tokens("short")

    assert Tokens(generate_key()).issue("ann", "app", "stamp", NOW)
    assert generate_key() != generate_key()
