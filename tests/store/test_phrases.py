"""Questions put together of pieces mean the same on every database."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from procession.errors import StoreFault
from procession.store.hot import Spelling
from procession.store.phrases import ALWAYS, NEVER, Phrase, all_of, any_of, ask, clause, join
from procession.store.store import Store
from procession.store.tables import setting

SETTINGS = Phrase("select name, value from setting where")
NAMES = ("a", "b", "c' or '1' = '1")


@pytest.fixture
def filled(store: Store) -> Store:
    uow = store.unit_of_work()
    for number, name in enumerate(NAMES):
        uow.execute(setting.insert().values(name=name, value=str(number)))
    assert store.commit([uow]) == [None]
    return store


def named(*names: str) -> Phrase:
    return Phrase("name in $$", (names,))


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (named("a", "b"), ["a", "b"]),
        (named(), []),
        (any_of(named("a"), Phrase("value = ?", ("1",))), ["a", "b"]),
        (all_of(named("a", "b"), Phrase("value = ?", ("1",))), ["b"]),
        (all_of(named("a"), NEVER), []),
        (all_of(named("a"), ALWAYS), ["a"]),
        (any_of(), []),
        (all_of(any_of(named("a"), named("b")), named("b")), ["b"]),
        (named("c' or '1' = '1"), ["c' or '1' = '1"]),
        (Phrase("length(name) in ??", ((1, 7),)), ["a", "b"]),
    ],
)
def test_conditions_find_the_same_by_text_and_by_expression(
    filled: Store, condition: Phrase, found: list[str]
) -> None:
    among = all_of(condition, named(*NAMES))
    with filled.read() as reader:
        asked = ask(reader, (SETTINGS, among, Phrase("order by name")))
        selected = reader.execute(select(setting.c.name).where(clause(among)))

    assert [row[0] for row in asked] == found
    assert sorted(row[0] for row in selected) == found


def test_values_keep_the_order_of_their_marks() -> None:
    joined = join(" or ", (Phrase("a = ?", (1,)), Phrase("b in ??", ((2, 3),)))).within("(", ")")

    assert joined.then(" limit ?", 4) == Phrase("(a = ? or b in ??) limit ?", (1, (2, 3), 4))


def test_a_spelling_numbers_parameters_where_the_database_wants_it() -> None:
    spelling = Spelling("$#", "= any($#::bigint[])", "= any($#::text[])", "", "= $#")

    read = spelling.of("select 1 where a = ? and b in ?? and c in $$")

    assert read.sql == "select 1 where a = $1 and b = any($2::bigint[]) and c = any($3::text[])"
    assert read.each == "select 1 where a = $1 and b = $2 and c = $3"
    assert read.lists == ((1, False), (2, True))
    assert spelling.of("select 1 where a = ? and b in ?? and c in $$") is read


def test_a_question_the_database_refuses_is_our_own_error(store: Store) -> None:
    with store.read() as reader, pytest.raises(StoreFault):
        reader.ask("select nothing from nowhere", ())
