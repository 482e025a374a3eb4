"""Regular expressions as Java writes them, in time linear in the text.

A pattern becomes a small program; ways are tried in Java's order, and what failed once at a place
of the text is never tried there again, so that each instruction runs at most once at each place,
whatever the pattern says (``(a+)+$`` included). What failed is kept from one match to the next.

Three things cost more, all paid for from the fuel: back references (what failed is kept for each
text they refer to), look-behind (one try for each length it may have) and look-ahead that reads far
(once at each place). Supported besides: groups with numbers and names, greedy, lazy and possessive
repetition, atomic groups, classes with ``&&``, properties, ``\\Q…\\E``, anchors, flags.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final

from procession.errors import LimitExceeded
from procession.scripting.meter import Meter
from procession.scripting.regex_parser import parse_pattern
from procession.scripting.regex_program import Instruction, Op, Parsed

_CACHE: dict[tuple[str, int], Regex] = {}
_PRICE: Final = 2
"""What a step of a pattern costs in steps of a script."""
Memo = dict[int, set[Hashable]]


class Match:
    """Where a pattern was found; ``spans`` are starts and ends, group by group, -1 for none."""

    __slots__ = ("spans", "text")

    def __init__(self, text: str, spans: list[int]) -> None:
        self.text = text
        self.spans = spans

    def group(self, number: int = 0) -> str | None:
        """The text of a group."""
        start, end = self.spans[2 * number], self.spans[2 * number + 1]
        return None if start < 0 or end < 0 else self.text[start:end]


class Regex:
    """A compiled pattern."""

    __slots__ = ("flags", "groups", "names", "parsed", "pattern")

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern = pattern
        self.flags = flags
        self.parsed = parse_pattern(pattern, flags)
        self.groups = self.parsed.groups
        self.names = self.parsed.names

    def matches(self, text: str, meter: Meter) -> bool:
        """Whether the whole text fits."""
        return self.match(text, 0, meter, whole=True) is not None

    def match(self, text: str, at: int, meter: Meter, *, whole: bool = False) -> Match | None:
        """Fit the pattern exactly at a place."""
        return Sweep(self.parsed, text, meter).fit(at, len(text) if whole else -1)

    def search(self, text: str, at: int, meter: Meter) -> Match | None:
        """The first place from ``at`` on where the pattern fits."""
        return Sweep(self.parsed, text, meter).search(at)

    def all(self, text: str, meter: Meter) -> list[Match]:
        """All places, one after the other."""
        found: list[Match] = []
        at, sweep = 0, Sweep(self.parsed, text, meter)
        while at <= len(text):
            one = sweep.search(at)
            if one is None:
                break
            meter.allocate(4 + len(one.spans))
            found.append(one)
            at = one.spans[1] + (one.spans[1] == one.spans[0])
        return found


def compiled(pattern: str, meter: Meter, flags: int = 0) -> Regex:
    """A compiled pattern, kept for the next time."""
    found = _CACHE.get((pattern, flags))
    if found is None:
        meter.walk(len(pattern) * 16)
        found = Regex(pattern, flags)
        if len(_CACHE) > 256:
            _CACHE.clear()
        _CACHE[pattern, flags] = found
    meter.burn(1)
    return found


class Sweep:
    """One pattern going over one text. What it pays for is counted in ``steps``."""

    __slots__ = ("kept", "looks", "memo", "meter", "parsed", "refs", "steps", "text")

    def __init__(self, parsed: Parsed, text: str, meter: Meter) -> None:
        self.parsed = parsed
        self.text = text
        self.meter = meter
        self.memo: Memo = {}
        self.looks: dict[int, Memo] = {}
        self.refs = parsed.refs
        self.steps = 0
        self.kept = 0

    def search(self, at: int) -> Match | None:
        """The first place from ``at`` on where the pattern fits."""
        first, text = self.parsed.first, self.text
        if first is None:
            for start in range(at, len(text) + 1):
                found = self.fit(start, -1)
                if found is not None:
                    return found
            return None
        for start in range(at, len(text)):
            if first(text[start]):
                found = self.fit(start, -1)
                if found is not None:
                    return found
            elif start & 63 == 0:
                self._pay(64)
        return None

    def fit(self, at: int, end: int) -> Match | None:
        """Fit the pattern at a place, up to exactly ``end`` unless that is -1."""
        spans = [-1] * (2 * self.parsed.groups)
        found = self._run(self.parsed.program, at, end, spans, self.memo)
        if found is None:
            return None
        stop, spans = found
        spans[0], spans[1] = at, stop
        self._forget(self.memo, at, stop)
        return Match(self.text, spans)

    def _forget(self, memo: Memo, start: int, stop: int) -> None:
        """What was tried on the way of a match did not fail."""
        self._pay(stop - start + 1)
        for place in range(start, stop + 1):
            memo.pop(place, None)

    def _pay(self, steps: int) -> None:
        self.steps += steps
        if self.steps > self.meter.pattern_limit:
            what = f"a regular expression takes more than {self.meter.pattern_limit} steps"
            raise LimitExceeded(f"{what}; make it simpler or raise script_pattern_steps")
        self.meter.burn(steps * _PRICE)

    def _is_new(self, memo: Memo, at: int, key: Hashable) -> bool:
        """Whether this was not tried here before; from now on it was."""
        seen = memo.get(at)
        if seen is None:
            seen = memo[at] = set()
        elif key in seen:
            return False
        seen.add(key)
        self.kept += 1
        if self.kept & 63 == 0:
            self.meter.allocate(64)
        return True

    def _run(
        self, program: list[Instruction], at: int, end: int, spans: list[int], memo: Memo
    ) -> tuple[int, list[int]] | None:
        """Try the ways in order; answers where the match ends and the spans of its groups."""
        text, size, refs = self.text, len(self.text), self.refs
        backup: list[tuple[int, int, list[int]]] = []
        pc = steps = 0
        while True:
            steps += 1
            if steps == 32:
                self._pay(32)
                steps = 0
            code = program[pc]
            op, fits = code.op, True
            if code.joint:
                key = (pc, *[spans[ref] for ref in refs]) if refs else pc
                fits = self._is_new(memo, at, key)
            if not fits:
                pass
            elif op is Op.TEST:
                fits = at < size and code.test(text[at])  # type: ignore[misc]
                at, pc = at + 1, pc + 1
            elif op is Op.SPLIT:
                backup.append((code.b, at, spans))
                pc = code.a
            elif op is Op.JUMP:
                pc = code.a
            elif op is Op.SAVE:
                spans = spans.copy()
                spans[code.a] = at
                pc += 1
            elif op is Op.WHERE:
                fits = code.where(text, at)  # type: ignore[misc]
                pc += 1
            elif op is Op.DONE:
                if end < 0 or at == end:
                    self._pay(steps)
                    return at, spans
                fits = False
            else:
                fits, at, spans = self._other(code, at, spans)
                pc += 1
            if not fits:
                if not backup:
                    self._pay(steps)
                    return None
                pc, at, spans = backup.pop()

    def _other(self, code: Instruction, at: int, spans: list[int]) -> tuple[bool, int, list[int]]:
        if code.op is Op.BACK:
            start, stop = spans[2 * code.a], spans[2 * code.a + 1]
            if start < 0 or stop < 0:
                return False, at, spans
            self._pay(((stop - start) >> 3) + 1)
            held = self.text[start:stop]
            other = self.text[at : at + len(held)]
            same = held == other or (code.folds and held.lower() == other.lower())
            return same, at + len(held), spans
        if code.op is Op.BEHIND:
            return self._behind(code, at, spans) is not code.negative, at, spans
        memo = self.looks.setdefault(id(code), {})
        found = self._run(code.inner, at, -1, spans, memo)
        if found is not None:
            self._forget(memo, at, max(at, found[0]))
        if found is None or code.negative:
            return (found is None) == code.negative, at, spans
        return True, found[0] if code.consumes else at, found[1]

    def _behind(self, code: Instruction, at: int, spans: list[int]) -> bool:
        for length in range(code.low, min(code.high, at) + 1):
            if self._run(code.inner, at - length, at, spans, {}) is not None:
                return True
        return False
