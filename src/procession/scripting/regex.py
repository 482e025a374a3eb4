"""Regular expressions as Java writes them, run by a small backtracking machine that pays its way.

The host's engine can be made to work for years by a short pattern; here each step is paid for from
the script's fuel. Supported: classes with ranges, negation and ``&&``, ``\\d \\w \\s \\b \\p{…}``,
groups (capturing, named, ``(?:…)``, lookahead), back references, greedy, lazy and possessive
repetition, ``^ $ \\A \\z``, and the flags ``(?i) (?s) (?m)``.
"""

from __future__ import annotations

from typing import TypeAlias

from procession.scripting.meter import Meter
from procession.scripting.regex_parser import Instruction, Op, parse_pattern

_CACHE: dict[tuple[str, int], Regex] = {}


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

    __slots__ = ("groups", "names", "pattern", "program")

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern = pattern
        self.program, self.groups, self.names = parse_pattern(pattern, flags)

    def matches(self, text: str, meter: Meter) -> bool:
        """Whether the whole text fits."""
        return self.match(text, 0, meter, whole=True) is not None

    def match(self, text: str, at: int, meter: Meter, *, whole: bool = False) -> Match | None:
        """Fit the pattern exactly at a place."""
        spans = run(self.program, text, at, self.groups, meter, whole)
        return None if spans is None else Match(text, spans)

    def search(self, text: str, at: int, meter: Meter) -> Match | None:
        """The first place from ``at`` on where the pattern fits."""
        for start in range(at, len(text) + 1):
            found = self.match(text, start, meter)
            if found is not None:
                return found
        return None

    def all(self, text: str, meter: Meter) -> list[Match]:
        """All places, one after the other."""
        found: list[Match] = []
        at = 0
        while at <= len(text):
            one = self.search(text, at, meter)
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
    return found


def run(
    program: list[Instruction], text: str, at: int, groups: int, meter: Meter, whole: bool
) -> list[int] | None:
    """Run a program from a place; answers the spans of the groups."""
    return _Run(program, text, at, groups, meter).go(whole)


Counters: TypeAlias = dict[int, tuple[int, int]]


class _Run:
    """One attempt at one place. What may be undone is never changed, only replaced."""

    __slots__ = ("at", "backup", "counters", "meter", "pc", "program", "spans", "text")

    def __init__(
        self, program: list[Instruction], text: str, at: int, groups: int, meter: Meter
    ) -> None:
        self.program = program
        self.text = text
        self.at = at
        self.meter = meter
        self.pc = 0
        self.spans = [-1] * (2 * groups)
        self.counters: Counters = {}
        self.backup: list[tuple[int, int, list[int], Counters]] = []

    def go(self, whole: bool) -> list[int] | None:
        """Run until it fits, or nothing is left to try."""
        steps = 0
        while True:
            steps += 1
            if steps & 31 == 0:
                self.meter.burn(128)
            code = self.program[self.pc]
            if code.op is Op.DONE:
                if not whole or self.at == len(self.text):
                    return [self.spans[0], self.at, *self.spans[2:]]
                fits = False
            else:
                fits = self.step(code)
            if not fits:
                if not self.backup:
                    return None
                self.pc, self.at, self.spans, self.counters = self.backup.pop()

    def step(self, code: Instruction) -> bool:
        """One instruction; answers whether it fits."""
        op = code.op
        if op is Op.TEST:
            at = self.at
            if at >= len(self.text) or code.test is None or not code.test(self.text[at]):
                return False
            self.at = at + 1
            self.pc += 1
        elif op is Op.LOOP:
            self.loop(code)
        elif op is Op.SPLIT:
            self.save(code.b, self.counters)
            self.pc = code.a
        elif op is Op.JUMP:
            self.pc = code.a
        elif op is Op.SAVE:
            self.spans = self.spans.copy()
            self.spans[code.a] = self.at
            self.pc += 1
        elif op is Op.WHERE:
            self.pc += 1
            return code.where is not None and code.where(self.text, self.at)
        elif op is Op.LOOK:
            return self.look(code)
        else:
            return self.again(code)
        return True

    def save(self, pc: int, counters: Counters) -> None:
        """Remember another way."""
        self.backup.append((pc, self.at, self.spans, counters))
        if len(self.backup) & 63 == 0:
            self.meter.allocate(64 * 4)

    def loop(self, code: Instruction) -> None:
        """Decide on one more round, or go on."""
        count, last = self.counters.get(code.id, (0, -1))
        more = {**self.counters, code.id: (count + 1, self.at)}
        out = {**self.counters, code.id: (0, -1)}
        if count < code.low:
            self.pc, self.counters = code.a, more
        elif (code.high is not None and count >= code.high) or self.at == last:
            self.pc, self.counters = code.b, out
        elif code.lazy:
            self.save(code.a, more)
            self.pc, self.counters = code.b, out
        else:
            self.save(code.b, out)
            self.pc, self.counters = code.a, more

    def look(self, code: Instruction) -> bool:
        """Lookahead and possessive groups: a program inside the program."""
        inner, groups = code.inner, len(self.spans) // 2
        found = run(inner, self.text, self.at, groups, self.meter, False)
        self.pc = code.a
        if found is None or code.negative:
            return (found is None) == code.negative
        merged = [new if new >= 0 else old for new, old in zip(found, self.spans, strict=True)]
        self.spans = [*self.spans[:2], *merged[2:]]
        if code.consumes:
            self.at = found[1]
        return True

    def again(self, code: Instruction) -> bool:
        """What a group found, once more."""
        start, stop = self.spans[2 * code.a], self.spans[2 * code.a + 1]
        if start < 0 or stop < 0 or not self.text.startswith(self.text[start:stop], self.at):
            return False
        self.meter.walk((stop - start) >> 3)
        self.at += stop - start
        self.pc += 1
        return True
