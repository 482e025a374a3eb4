"""One pattern: which facts it takes by themselves, and how they join with those before."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from procession.core.live import LiveText
from procession.rules.drl import constraints
from procession.rules.drl.constraints import Logic, Relation, Tested
from procession.rules.drl.lexer import NAME, SIGN, Token, tokens
from procession.rules.drl.names import Bound, Names
from procession.rules.drl.problems import Mistake
from procession.rules.drl.tree import Pattern, Piece
from procession.rules.matcher.beta import Test
from procession.rules.matcher.network import AlphaTest, Reader
from procession.rules.matcher.rows import Handle, Row

_LITERALS: Final = ("true", "false", "null")
THIS: Final = "this"
_DATES: Final = ("Date", "java.util.Date")
_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_FUNCTION_OF: Final = {"matches", "contains", "memberOf", "soundslike", "in", "strsim"}


class Plan:
    """What became of one pattern."""

    def __init__(self, type_name: str) -> None:
        self.type_name = type_name
        self.alpha_tests: list[AlphaTest] = []
        self.alpha_keys: list[str] = []
        self.join_keys: list[str] = []
        self.tests: list[Test] = []
        self.rights: list[LiveText] = []
        self.lefts: list[Reader] = []
        self.bindings: dict[str, Bound] = {}
        self.unified: list[tuple[str, Reader]] = []


class Planner:
    """Compiles the constraints of one pattern whose fact will stand at ``position``."""

    def __init__(
        self, names: Names, outer: dict[str, Bound], position: int, open_names: frozenset[str]
    ) -> None:
        self.names = names
        self.outer = outer
        self.position = position
        self.open_names = open_names
        self.own: dict[str, str] = {}
        self.fields: Any = None

    def plan(self, pattern: Pattern, type_name: str) -> Plan:
        """Compile a pattern."""
        plan = Plan(type_name)
        self.fields = self.names.fields(type_name)
        if pattern.binding:
            self._once(pattern.binding, pattern.line, pattern.column)
            self.own[pattern.binding] = THIS
            plan.bindings[pattern.binding] = Bound(self._fact(), type_name)
        for at, piece in enumerate(pattern.positional):
            self._positional(plan, pattern, at, piece)
        for piece in [one for given in pattern.constraints for one in constraints.expanded(given)]:
            found = constraints.read(piece)
            for binding in found.bindings:
                self._bind(plan, binding)
            if found.test is not None:
                self._test(plan, found.test, piece[0])
        return plan

    def _fact(self) -> Reader:
        position = self.position
        return lambda run, facts: facts[position].object

    # -- bindings ------------------------------------------------------------------------------

    def _bind(self, plan: Plan, binding: constraints.Binding) -> None:
        place = binding.value[0]
        text = self._emit(binding.value)
        if binding.unify and (binding.name in self.outer or binding.name in self.own):
            read = self._reader(plan, text, place)
            if binding.name in self.open_names:
                plan.unified.append((binding.name, read))
                return
            name = Token(NAME, binding.name, 0, 0, place.line, place.column)
            self._test(plan, Relation(binding.value, "==", ((name,),)), place)
            return
        self._once(binding.name, place.line, place.column)
        self.own[binding.name] = f"({text})"
        plan.bindings[binding.name] = Bound(
            self._reader(plan, text, place), self._field_type(binding.value)
        )

    def _once(self, name: str, line: int, column: int) -> None:
        """Refuse to bind a name again; arguments of queries are unified."""
        if name in self.own or (name in self.outer and name not in self.open_names):
            raise Mistake(f"'{name}' is bound twice", line, column)

    def _field_type(self, piece: Piece) -> str:
        if len(piece) == 1 and self.fields is not None:
            return str(self.fields.get(piece[0].text, ""))
        return ""

    def _reader(self, plan: Plan, source: str, place: Token) -> Reader:
        used = self._used_text(source)
        text = self._compile(plan, source, used, place)
        position = self.position
        if not used:
            return lambda run, facts: text(run, facts[position].object)
        reads = [self.outer[name].read for name in used]

        def read(run: Any, facts: tuple[Handle, ...]) -> Any:
            return text(run, facts[position].object, *[one(run, facts) for one in reads])

        return read

    def _used_text(self, source: str) -> tuple[str, ...]:
        words = tuple(tokens(source)[:-1])
        return self._used(words)

    def _used(self, piece: Piece) -> tuple[str, ...]:
        found = constraints.names(piece)
        return tuple(
            sorted(
                n for n in found if n in self.outer and not self._is_field(n) and n not in self.own
            )
        )

    def _is_field(self, name: str) -> bool:
        return self.fields is not None and name in self.fields

    def _positional(self, plan: Plan, pattern: Pattern, at: int, piece: Piece) -> None:
        if self.fields is None:
            what = f"{pattern.type_name} is not declared, so its fields have no positions"
            raise Mistake(what, pattern.line, pattern.column)
        if at >= len(self.fields):
            raise Mistake(f"{pattern.type_name} has only {len(self.fields)} fields", pattern.line)
        place = piece[0]
        field = (Token(NAME, list(self.fields)[at], 0, 0, place.line, place.column),)
        single = piece[0].text if len(piece) == 1 and piece[0].kind == NAME else ""
        fresh = (
            single and single not in self.names.globals and single not in ("true", "false", "null")
        )
        if fresh:
            self._bind(plan, constraints.Binding(single, field, True))
        else:
            self._test(plan, Relation(field, "==", (piece,)), place)

    # -- tests ---------------------------------------------------------------------------------

    def _test(self, plan: Plan, test: Tested, place: Token) -> None:
        if isinstance(test, Logic) and test.op == "&&" and not test.negated:
            for part in test.parts:
                self._test(plan, part, place)
            return
        source = self.text_of(test)
        used = self._used_text(source)
        if not used:
            text = self._compile(plan, source, (), place)
            plan.alpha_tests.append(lambda run, thing: text(run, thing) is True)
            plan.alpha_keys.append(source)
            return
        plan.join_keys.append(source)
        if self._index(plan, test, place):
            return
        text = self._compile(plan, source, used, place)
        reads = [self.outer[name].read for name in used]
        if len(reads) == 1:
            only = reads[0]
            plan.tests.append(lambda run, facts, thing: text(run, thing, only(run, facts)) is True)
        else:
            plan.tests.append(
                lambda run, facts, thing: text(run, thing, *[r(run, facts) for r in reads]) is True
            )

    def _index(self, plan: Plan, test: Tested, place: Token) -> bool:
        if not isinstance(test, Relation) or test.op != "==" or len(plan.lefts) > 2:
            return False
        here, there = self._emit(test.left), self._emit(test.rights[0])
        if self._used_text(here):
            here, there = there, here
        used = self._used_text(there)
        if self._used_text(here) or not used or self._touches_fact(there, used):
            return False
        if not self._touches_fact(here, ()):
            return False
        right = self._compile(plan, here, (), place)
        parameters = tuple((name, self.outer[name].type_name) for name in used)
        left = self.names.text(there, parameters, place.line, column=place.column)
        reads = [self.outer[name].read for name in used]
        plan.rights.append(right)
        plan.lefts.append(lambda run, facts: left(run, *[one(run, facts) for one in reads]))
        return True

    def _touches_fact(self, source: str, used: tuple[str, ...]) -> bool:
        """Whether a text reads the fact of the pattern itself."""
        words = tuple(tokens(source)[:-1])
        for name in constraints.names(words):
            if name in used or name in ("true", "false", "null") or name in self.names.globals:
                continue
            if name[:1].isupper() and not self._is_field(name):
                continue
            return True
        return any(
            w.kind == NAME and words[at + 1].text == "(" and (not at or words[at - 1].text != ".")
            for at, w in enumerate(words[:-1])
        )

    def _compile(self, plan: Plan, source: str, used: tuple[str, ...], place: Token) -> LiveText:
        parameters = (
            (THIS, plan.type_name),
            *[(name, self.outer[name].type_name) for name in used],
        )
        return self.names.text(
            source,
            parameters,
            place.line,
            receiver=THIS,
            column=place.column,
            of_type=plan.type_name,
        )

    # -- from words to text ----------------------------------------------------------------------

    def _emit(self, piece: Piece) -> str:
        """The words of an expression, bindings of the same pattern replaced by what they mean."""
        made: list[str] = []
        guards: list[str] = []
        for at, word in enumerate(piece):
            alone = word.kind == NAME and (not at or piece[at - 1].text not in (".", "!."))
            called = at + 1 < len(piece) and piece[at + 1].text == "("
            if alone and not called and word.text in self.own:
                made.append(self.own[word.text])
            elif alone and not called and word.text == "empty":
                made.append("this.isEmpty()")
            elif word.kind == SIGN and word.text == "!.":
                guards.append("".join(made))
                made.append(".")
            else:
                made.append(word.text)
        text = _joined(made)
        for guard in reversed(guards):
            text = f"({guard} == null ? null : {text})"
        return text

    def text_of(self, test: Tested) -> str:
        """A test as an expression of the script machine."""
        if isinstance(test, Logic):
            inside = f" {test.op} ".join(f"({self.text_of(part)})" for part in test.parts)
            return f"!({inside})" if test.negated else inside
        left = self._emit(test.left)
        if not test.op:
            return left
        rights = [self._right(test, piece) for piece in test.rights]
        if test.op in constraints.TEMPORAL:
            call = f"drl__{test.op}({', '.join([left, *rights, *filter(None, [test.argument])])})"
            return f"!{call}" if test.negated else call
        if test.op in _FUNCTION_OF or test.op in ("str", "excludes"):
            word = "contains" if test.op == "excludes" else test.argument or test.op
            call = f"drl__{word}({', '.join([left, *rights])})"
            return f"!{call}" if test.negated is not (test.op == "excludes") else call
        left = left if len(test.left) == 1 else f"({left})"
        right = rights[0] if len(test.rights[0]) == 1 else f"({rights[0]})"
        return f"{left} {test.op} {right}"

    def _right(self, test: Relation, piece: Piece) -> str:
        temporal = test.op in constraints.TEMPORAL
        if constraints.is_text(piece) and (temporal or self._field_type(test.left) in _DATES):
            return _date(piece[0])
        return self._emit(piece)


def _joined(words: list[str]) -> str:
    made = ""
    for word in words:
        glued = not made or word in (".", ")", ",", "]", "(", "[") or made[-1] in ".(["
        made += word if glued else " " + word
    return made


def _date(word: Token) -> str:
    """``"25-Dec-2020"`` as a date."""
    parts = word.text[1:-1].lower().split("-")
    try:
        day, month, year = int(parts[0]), _MONTHS.index(parts[1][:3]) + 1, int(parts[2])
        moment = datetime(year, month, day, tzinfo=UTC)
    except (ValueError, IndexError):
        raise Mistake("a date is written dd-MMM-yyyy", word.line, word.column) from None
    return f"new java.util.Date({int(moment.timestamp() * 1000)}L)"


def key_of_left(names: Names, reads: list[Reader]) -> Any:
    """The key of a row on the left of a join, if it joins on anything."""
    if not reads:
        return None
    key = names.live.key
    if len(reads) == 1:
        only = reads[0]
        return lambda run, row: key(run, only(run, row.facts))

    def many(run: Any, row: Row) -> Any:
        return tuple([key(run, one(run, row.facts)) for one in reads])

    return many


def key_of_right(names: Names, texts: list[LiveText]) -> Any:
    """The key of a fact on the right."""
    if not texts:
        return None
    key = names.live.key
    if len(texts) == 1:
        only = texts[0]
        return lambda run, row: key(run, only(run, row.facts[-1].object))

    def many(run: Any, row: Row) -> Any:
        return tuple([key(run, one(run, row.facts[-1].object)) for one in texts])

    return many
