"""Regular expressions: what they cost is counted, and grows with the text and nothing else."""

from __future__ import annotations

import pytest

from procession.core.ports import Limits
from procession.errors import LimitExceeded
from procession.scripting.meter import Meter, unlimited
from procession.scripting.regex import Regex, Sweep
from procession.scripting.regex_parser import parse_pattern
from procession.scripting.throwables import Thrown
from tests.scripting.scripts import execute

HOSTILE = [
    "(a+)+$",
    "(a|a)*b",
    "(a|aa)+$",
    "(.*)*x",
    "(a*)*b",
    "((a+)+)+$",
    "(x+x+)+y",
    "([a-z]+)*[0-9]",
    "a*a*a*a*a*b",
    "(a?){20}a{20}b",
    "(?:a{0,20}){0,20}b",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    "(.+)(.+)(.+)(.+)y",
    "(?=(a+)+b)a",
]


class Small(Meter):
    """A meter with a low bound for patterns."""

    pattern_limit = 10_000


def steps(pattern: str, size: int, *, every: bool = False) -> int:
    text = "a" * size + "!"
    sweep = Sweep(parse_pattern(pattern, 0), text, unlimited())
    at = 0
    while at <= len(text):
        found = sweep.search(at)
        if found is None or not every:
            break
        at = found.spans[1] + (found.spans[0] == found.spans[1])
    return sweep.steps


@pytest.mark.parametrize("pattern", HOSTILE)
@pytest.mark.parametrize("every", [False, True], ids=["first", "all"])
def test_steps_grow_with_the_text(pattern: str, every: bool):
    short, long = (steps(pattern, size, every=every) for size in (400, 1600))

    assert long <= 4.2 * short + 200


@pytest.mark.parametrize("pattern", ["a", "a+", "(a+)+$", "a.*b|a", "(a|b)*c", "x*"])
def test_finding_all_is_linear_too(pattern: str):
    short, long = (steps(pattern, size, every=True) for size in (400, 1600))

    assert long <= 4.2 * short + 200


def test_each_instruction_runs_at_most_once_at_each_place():
    parsed = parse_pattern("((a+)*(b|a+)*)*c", 0)
    text = "ab" * 300
    sweep = Sweep(parsed, text, unlimited())

    assert sweep.search(0) is None
    assert sweep.steps <= 3 * len(parsed.program) * (len(text) + 1)


def test_back_references_stop_at_the_bound_and_say_so():
    sweep = Sweep(parse_pattern(r"(a*)(a*)(a*)\1\2\3b", 0), "a" * 200, Small(1 << 40, 1 << 40))

    with pytest.raises(LimitExceeded, match="script_pattern_steps"):
        sweep.search(0)


def test_the_bound_is_a_setting():
    limits = Limits(script_pattern_steps=500)

    with pytest.raises(LimitExceeded, match="raise script_pattern_steps"):
        execute("java", 'String s = "ab".repeat(2000); s.matches("(a|b)*c");', limits=limits)


@pytest.mark.parametrize(
    "pattern", ["(a{1000}){1000}", "((a{100}){100}){100}", "(" * 40 + ")" * 40, "a" * 3000]
)
def test_patterns_that_would_grow_too_large_are_refused(pattern: str):
    with pytest.raises(Thrown, match="PatternSyntaxException"):
        Regex(pattern, 0)
