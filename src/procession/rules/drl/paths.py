"""From the conditions of one branch to the nodes of one path."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from procession.rules.drl import tree
from procession.rules.drl.accumulations import Accumulations, alpha_as_tests
from procession.rules.drl.branches import branches
from procession.rules.drl.names import Bound, Names
from procession.rules.drl.patterns import Plan, Planner, key_of_left, key_of_right
from procession.rules.drl.problems import Mistake
from procession.rules.drl.querying import call_query
from procession.rules.drl.sharing import Shared
from procession.rules.drl.tree import Condition, Pattern, Piece
from procession.rules.matcher.existential import Existential
from procession.rules.matcher.fresh import Unify
from procession.rules.matcher.inner import Inner
from procession.rules.matcher.join import Join
from procession.rules.matcher.network import Alpha, Reader
from procession.rules.matcher.sources import Arms, Eval, From

DEFAULT = "DEFAULT"


class Alphas:
    """Alpha patterns of all rules; the same pattern in two rules is one."""

    def __init__(self) -> None:
        self.found: dict[Any, tuple[str, str, Any, list[tuple[int, int]]]] = {}

    def entrance(self, package: str, plan: Plan, entry_point: str, at: tuple[int, int]) -> Alpha:
        """Let facts of a pattern in at an entrance."""
        key = (entry_point, plan.type_name, package, tuple(plan.alpha_keys))
        if key not in self.found:
            self.found[key] = (plan.type_name, entry_point, tuple(plan.alpha_tests), [])
        name, place, tests, entrances = self.found[key]
        if at[0] >= 0:
            entrances.append(at)
        return Alpha(0, name, place, tests, ())

    def also(self, alpha: Alpha, at: tuple[int, int]) -> None:
        """Let the facts of an alpha pattern in at another entrance."""
        for name, place, tests, entrances in self.found.values():
            if tests is alpha.tests and (name, place) == (alpha.type_name, alpha.entry_point):
                entrances.append(at)
                return

    def all(self) -> tuple[Alpha, ...]:
        """All of them, numbered."""
        return tuple(
            Alpha(number, name, place, tests, tuple(entrances))
            for number, (name, place, tests, entrances) in enumerate(self.found.values())
            if entrances
        )


class PathBuilder(Accumulations):
    """Builds one path. Query paths have number -1 and their arguments as the first fact."""

    def __init__(self, names: Names, alphas: Alphas, number: int) -> None:
        self.names = names
        self.alphas = alphas
        self.number = number
        self.bindings: dict[str, Bound] = {}
        self.open_names: frozenset[str] = frozenset()
        self.width = 0
        self.entrances = 1
        self.needed: set[int] = {0}
        self.blocking: set[int] = set()
        self.places: dict[int, tuple[int, ...]] = {}
        self.initial = False
        self.nodes = 0
        self.shared: Shared | None = None
        self.key: Any = None
        """What the node last made has in common with that of another rule, if it can have any."""
        self.last: Pattern | None = None
        """The pattern that a branch behind it is about."""

    def build(self, conditions: list[Condition]) -> tuple[Any, ...]:
        """The nodes of the path."""
        rest = conditions
        first = conditions[0] if conditions else None
        if self.number >= 0 and isinstance(first, Pattern) and self.is_fact(first):
            plan = self.plan(first)
            self.alphas.entrance(self.names.package, plan, _entry_point(first), (self.number, 0))
            self.bindings.update(plan.bindings)
            self.last, rest = first, conditions[1:]
            self.key = _key("", first, plan)
        else:
            self.initial = True
            self.key = "initial"
        if self.shared is not None:
            self.shared, _ = self.shared.follow(self.key)
        self.width = 1
        return self._nodes(rest, (), outer=True)

    def parameters(self, given: tuple[tuple[str, str], ...]) -> None:
        """Bind the parameters of a query."""
        for at, (name, kind) in enumerate(given):
            self.bindings[name] = Bound(_argument(at), kind)
        self.open_names = frozenset(name for name, _ in given)

    def _nodes(
        self, conditions: list[Condition], place: tuple[int, ...], *, outer: bool
    ) -> tuple[Any, ...]:
        nodes: list[Any] = []
        for condition in conditions:
            at = (*place, len(nodes))
            first = outer and not nodes
            self.key = None
            node = self._node(condition, at, first=first, outer=outer)
            nodes.append(self._parted(node) if outer else node)
            while self._unifying:
                nodes.append(self._unifying.pop(0))
        return tuple(nodes)

    _unifying: list[Any]

    def _parted(self, node: Any) -> Any:
        """A node of the path; rows turn round where it leaves the path of an earlier rule."""
        if self.shared is None or isinstance(node, Arms):
            self.shared = None
            return node
        key = object() if self.key is None else self.key
        self.shared, parts = self.shared.follow(key)
        self.nodes += 1
        return replace(node, turns=True) if parts and self.nodes > 1 else node

    def parts_at_end(self, name: str) -> bool:
        """Whether an earlier rule goes on from the last node of this one."""
        if self.shared is None:
            return False
        _, parts = self.shared.follow(("end", self.number, name))
        return parts and self.nodes > 0

    def _node(self, condition: Condition, at: tuple[int, ...], *, first: bool, outer: bool) -> Any:
        self._unifying = []
        if isinstance(condition, Pattern):
            self.last = condition
        match condition:
            case Pattern():
                return self._pattern(condition, at, first=first, outer=outer)
            case tree.Not() | tree.Exists():
                return self._existential(condition, at, first=first, outer=outer)
            case tree.Evaluation():
                return self._eval(condition.piece)
            case tree.Accumulation():
                return self.accumulate(None, condition, at, first=first)
            case tree.Choice():
                return self._choice(condition)
            case _:
                raise Mistake("this is not supported here", condition.line, condition.column)

    # -- patterns --------------------------------------------------------------------------------

    def is_fact(self, pattern: Pattern) -> bool:
        """Whether a pattern is matched with facts, not with what an expression gives."""
        plain = pattern.source is None or isinstance(pattern.source, tree.EntryPoint)
        return plain and not pattern.pull and pattern.type_name not in self.names.queries

    def plan(self, pattern: Pattern) -> Plan:
        """Compile a pattern's constraints."""
        name = self.names.type_of(pattern.type_name, pattern.line, pattern.column)
        planner = Planner(self.names, self.bindings, self.width, self.open_names)
        return planner.plan(pattern, name)

    def _pattern(self, pattern: Pattern, at: tuple[int, ...], *, first: bool, outer: bool) -> Any:
        source = pattern.source
        if isinstance(source, tree.Collect | tree.Accumulation):
            return self.accumulate(pattern, source, at, first=first)
        if isinstance(source, tree.FromExpression):
            return self._from(pattern, source)
        if pattern.pull or pattern.type_name in self.names.queries:
            asked, unified = call_query(self, pattern, at)
            self.width += 1
            self._unifying.extend(unified)
            return asked
        plan = self.plan(pattern)
        entrance, alpha = self.enter(plan, pattern, at)
        if outer:
            self.needed.add(entrance)
        node = Join(
            entrance=entrance,
            alpha=alpha,
            left_key=key_of_left(self.names, plan.lefts),
            right_key=key_of_right(self.names, plan.rights),
            tests=self.tests(plan),
            first=first,
        )
        self._bound(plan)
        self.key = _key("join", pattern, plan)
        return node

    def tests(self, plan: Plan) -> Any:
        """In a query nothing is looked up by key, so keys are tested too."""
        if self.number >= 0 or not plan.lefts:
            return tuple(plan.tests)
        key = self.names.live.key
        pairs = list(zip(plan.lefts, plan.rights, strict=True))

        def same(run: Any, facts: Any, thing: Any) -> bool:
            return all(
                key(run, left(run, facts)) == key(run, right(run, thing)) for left, right in pairs
            )

        return (same, *plan.tests)

    def _bound(self, plan: Plan) -> None:
        self.bindings.update(plan.bindings)
        self.width += 1
        for name, reader in plan.unified:
            self._unifying.append(Unify(argument=self.argument_of(name), value=reader))

    def argument_of(self, name: str) -> int:
        """Which argument of the query a name is; they were bound first, in their order."""
        return [one for one in self.bindings if one in self.open_names].index(name)

    def enter(self, plan: Plan, pattern: Pattern, at: tuple[int, ...]) -> tuple[int, Alpha]:
        """A new entrance for the facts of a pattern."""
        entrance = self.entrances
        self.entrances += 1
        self.places[entrance] = at
        alpha = self.alphas.entrance(
            self.names.package, plan, _entry_point(pattern), (self.number, entrance)
        )
        return entrance, alpha

    def watch(self, alpha: Alpha, at: tuple[int, ...]) -> None:
        """Let what a query is about come to the node that asks it."""
        self.places[self.entrances] = at
        self.alphas.also(alpha, (self.number, self.entrances))
        self.entrances += 1

    def _from(self, pattern: Pattern, source: tree.FromExpression) -> Any:
        plan = self.plan(pattern)
        live, shapes, wanted = self.names.live, self.names.shapes, plan.type_name
        expression = self.reader(source.piece)

        def elements(run: Any, facts: Any) -> list[Any]:
            found = live.elements(run, expression(run, facts))
            return [x for x in found if x is not None and wanted in live.class_names(x, shapes)]

        node = From(
            source=elements,
            tests=(*alpha_as_tests(plan), *self.all_tests(plan)),
            identity=live.identity,
        )
        self._bound(plan)
        return node

    def all_tests(self, plan: Plan) -> Any:
        """All tests of a pattern, those that would be keys among them."""
        number, self.number = self.number, -1
        tests = self.tests(plan)
        self.number = number
        return tests

    def _eval(self, piece: Piece) -> Any:
        condition = self.reader(piece)
        return Eval(test=lambda run, facts, thing: condition(run, facts) is True)

    def _choice(self, choice: tree.Choice) -> Any:
        """A branch: its tests are about the fact of the pattern before it."""
        position, last = self.width - 1, self.last
        arms: list[tuple[Any, ...]] = []
        for piece, _ in choice.arms:
            tests: tuple[Any, ...] = ()
            if piece is not None and last is not None:
                place = (choice.line, choice.column)
                plan = self.plan(Pattern(*place, last.type_name, constraints=(piece,)))
                tests = (*alpha_as_tests(plan), *self.all_tests(plan))
            arms.append(tests)

        def arm(run: Any, facts: Any) -> int | None:
            given = facts[position].object
            for at, tests in enumerate(arms):
                if all(test(run, facts, given) for test in tests):
                    return at
            return None

        if choice.chosen:
            return Arms(choose=arm)
        goes_on: dict[int | None, bool] = {at: on for at, (_, on) in enumerate(choice.arms)}
        return Eval(test=lambda run, facts, thing: goes_on.get(arm(run, facts), True))

    # -- groups ----------------------------------------------------------------------------------

    def inside(
        self, conditions: list[Condition], at: tuple[int, ...], *, first: bool
    ) -> tuple[Inner, dict[str, Bound], int]:
        """A path inside; answers it, the bindings seen at its end, and its width."""
        kept, width = dict(self.bindings), self.width
        waiting, self._unifying = getattr(self, "_unifying", []), []
        nodes = self._nodes(conditions, at, outer=False)
        self._unifying = waiting
        seen, inner_width = self.bindings, self.width
        self.bindings, self.width = kept, width
        return Inner(nodes=nodes, turned=not first), seen, inner_width

    def _existential(
        self, condition: tree.Not | tree.Exists, at: tuple[int, ...], *, first: bool, outer: bool
    ) -> Any:
        wanted = isinstance(condition, tree.Exists)
        parts = branches(condition.part)
        if len(parts) != 1:
            raise Mistake("'or' is not supported here", condition.line, condition.column)
        conditions = parts[0]
        only = conditions[0] if len(conditions) == 1 else None
        if not isinstance(only, Pattern) or not self.is_fact(only):
            inner, _, _ = self.inside(conditions, at, first=first)
            return Existential(entrance=0, inner=inner, wanted=wanted, first=first)
        plan = self.plan(only)
        self.key = _key("exists" if wanted else "not", only, plan)
        entrance, alpha = self.enter(plan, only, at)
        if outer and wanted:
            self.needed.add(entrance)
        if outer and not wanted and not plan.lefts and not plan.tests:
            self.blocking.add(entrance)
        return Existential(
            entrance=entrance,
            alpha=alpha,
            left_key=key_of_left(self.names, plan.lefts),
            right_key=key_of_right(self.names, plan.rights),
            tests=self.tests(plan),
            wanted=wanted,
            first=first,
        )


def _key(sort: str, pattern: Pattern, plan: Plan) -> Any:
    """By what two nodes are the same."""
    keys = (tuple(plan.alpha_keys), tuple(plan.join_keys))
    return (sort, _entry_point(pattern), plan.type_name, *keys)


def _argument(at: int) -> Reader:
    return lambda run, facts: facts[0].object[at]


def _entry_point(pattern: Pattern) -> str:
    return pattern.source.name if isinstance(pattern.source, tree.EntryPoint) else DEFAULT
