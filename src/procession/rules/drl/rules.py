"""Rules, queries and functions of one file: compiled into paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from procession.core.ports import Purpose
from procession.rules.drl import attributes, tree
from procession.rules.drl.accumulations import typed, used_in
from procession.rules.drl.branches import Texts, branches, forks
from procession.rules.drl.names import Names
from procession.rules.drl.paths import PathBuilder
from procession.rules.drl.problems import Mistake
from procession.rules.drl.schedules import schedule_of
from procession.rules.drl.sharing import Parting
from procession.rules.drl.tree import FileText, RuleText
from procession.rules.matcher.network import Path, Query, Reader, Rule
from procession.rules.matcher.timers import Timer
from procession.rules.rule_base import RuleInfo, RuleProblem

if TYPE_CHECKING:
    from procession.rules.drl.building import Building

_REFUSED: Final = {"calendars": "calendars are not supported"}
SYSTEM_GROUP: Final = "DROOLS_SYSTEM"


class RuleCompiler:
    """Compiles one file."""

    def __init__(self, building: Building, file: FileText, text: str, names: Names) -> None:
        self.building = building
        self.file = file
        self.text = text
        self.names = names

    # -- functions and queries -------------------------------------------------------------------

    def functions(self, known: dict[tuple[str, str], Any]) -> None:
        """Compile functions; they may call each other, in any order."""
        made: list[tuple[tree.FunctionText, Later]] = []
        for function in self.file.functions:
            later = Later()
            self.names.functions[function.name] = later
            known[self.file.package, function.name] = later
            made.append((function, later))
        imported = {name for name, _ in self.file.statics}
        for (package, name), text in known.items():
            if package == self.file.package or f"{package}.{name}" in imported:
                self.names.functions.setdefault(name, text)
        for function, later in made:
            try:
                later.text = self.names.text(
                    function.body[0],
                    function.parameters,
                    function.body[1],
                    dialect="java",
                    purpose=Purpose.SCRIPT,
                )
            except Mistake as wrong:
                self.building.mistake(self.file.path, wrong, function.name)

    def declare_queries(self) -> None:
        """Make queries known, so that they can ask each other."""
        for query in self.file.queries:
            names = tuple(name for name, _ in query.parameters)
            self.building.query_texts[query.name] = (names, [])

    def compile_queries(self) -> None:
        """Compile the queries."""
        self.names.queries = self.building.query_texts
        for query in self.file.queries:
            try:
                self._query(query)
            except Mistake as wrong:
                self.building.mistake(self.file.path, wrong, query.name)

    def _query(self, query: tree.QueryText) -> None:
        ways = []
        for conditions in branches(query.condition):
            builder = PathBuilder(self.names, self.building.alphas, -1)
            builder.parameters(query.parameters)
            nodes = builder.build(conditions)
            ways.append((nodes, {name: one.read for name, one in builder.bindings.items()}))
        parameters = tuple(name for name, _ in query.parameters)
        made = Query(
            name=query.name,
            package=self.file.package,
            parameters=parameters,
            branches=tuple(ways),
        )
        self.building.queries[query.name] = made
        self.building.query_texts[query.name][1].append(made)

    # -- rules -----------------------------------------------------------------------------------

    def compile_rules(self) -> None:
        """Compile the rules in the order they are written."""
        seen: set[str] = set()
        for rule in self.file.rules:
            if rule.name in seen:
                what = f'the rule "{rule.name}" is written twice'
                self.building.mistake(self.file.path, Mistake(what, rule.line, rule.column))
                continue
            seen.add(rule.name)
            before = len(self.building.paths)
            try:
                self._rule(rule)
            except Mistake as wrong:
                del self.building.paths[before:]
                self.building.mistake(self.file.path, wrong, rule.name)
            except RecursionError:
                deep = Mistake("the rule is nested too deeply", rule.line, rule.column)
                self.building.mistake(self.file.path, deep, rule.name)
            self._warn(rule)

    def _warn(self, rule: RuleText) -> None:
        for warning, line in self.names.warnings:
            self.building.problems.append(
                RuleProblem(self.file.path, line, 1, warning, rule.name, "warning")
            )
        self.names.warnings.clear()

    def _condition(self, rule: RuleText, below: tuple[str, ...] = ()) -> tree.And:
        """The conditions, with those of the rule it extends before them."""
        if not rule.extends:
            return rule.condition
        parents = [
            one for file, _ in self.building.files if file.package == self.file.package
            for one in file.rules if one.name == rule.extends
        ]  # fmt: skip
        if not parents or rule.name in below:
            what = f'there is no rule "{rule.extends}" to extend'
            raise Mistake(what, rule.line, rule.column)
        first = self._condition(parents[0], (*below, rule.name))
        parts = (*first.parts, *rule.condition.parts)
        return tree.And(rule.line, rule.column, parts)

    def _rule(self, rule: RuleText) -> None:
        given = attributes.settings(rule.attributes)
        for name, why in _REFUSED.items():
            if name in given:
                raise Mistake(why, given[name].line, given[name].column)
        order = len(self.building.infos)
        group = attributes.word(given.get("agenda-group")) or "MAIN"
        flow = attributes.word(given.get("ruleflow-group"))
        condition = self._condition(rule)
        made: list[Path] = []
        for way in branches(condition):
            for conditions, texts in forks(rule, way):
                number = len(self.building.paths) + len(made)
                builder = PathBuilder(self.names, self.building.alphas, number)
                builder.shared = self.building.shared
                nodes = builder.build(conditions)
                made.append(self._path(rule, given, builder, nodes, order, texts))
                if builder.initial:
                    self.building.initial.append((number, 0))
        self.building.paths.extend(made)
        self.building.infos.append(
            RuleInfo(
                rule.name,
                self.file.package,
                self.file.path,
                rule.line,
                group,
                flow,
                dict(rule.metadata),
            )
        )

    def _path(
        self,
        rule: RuleText,
        given: dict[str, tree.Attribute],
        builder: PathBuilder,
        nodes: tuple[Any, ...],
        order: int,
        texts: Texts,
    ) -> Path:
        if builder.parts_at_end(rule.name):
            nodes = (*nodes, Parting())
        waits = given.get("timer") or given.get("duration")
        if waits is not None:
            schedule = schedule_of(waits, self.text, builder.reader)
            nodes = (*nodes, Timer(schedule=schedule))
        made = self._made(rule, given, builder, order, texts)
        return Path(
            number=builder.number,
            rule=made,
            nodes=nodes,
            needed=frozenset(builder.needed),
            blocking=frozenset(builder.blocking),
            places=dict(builder.places),
            bindings={name: one.read for name, one in builder.bindings.items()},
            visible=tuple(range(builder.width)),
        )

    def _made(
        self,
        rule: RuleText,
        given: dict[str, tree.Attribute],
        builder: PathBuilder,
        order: int,
        texts: Texts,
    ) -> Rule:
        salience, dynamic = self._salience(given.get("salience"), builder)
        flow = given.get("ruleflow-group")
        is_condition = flow is not None and not flow.piece
        group = attributes.word(flow) or attributes.word(given.get("agenda-group")) or "MAIN"
        dialect = attributes.word(given.get("dialect")) or "java"
        consequence, arguments = self._consequence(texts, builder, dialect)
        return Rule(
            name=rule.name,
            package=self.file.package,
            order=order,
            consequence=consequence,
            arguments=arguments,
            salience=salience,
            dynamic_salience=dynamic,
            group=SYSTEM_GROUP if is_condition else group,
            activation_group=attributes.word(given.get("activation-group")),
            no_loop=attributes.flag(given.get("no-loop")),
            lock_on_active=attributes.flag(given.get("lock-on-active")),
            auto_focus=attributes.flag(given.get("auto-focus")),
            enabled=self._enabled(given.get("enabled"), builder),
            effective=attributes.moment(given.get("date-effective")),
            expires=attributes.moment(given.get("date-expires")),
            metadata=dict(rule.metadata),
        )

    def _consequence(
        self, texts: Texts, builder: PathBuilder, dialect: str
    ) -> tuple[Any, tuple[tuple[str, Reader], ...]]:
        """What a match does; with several texts, the number of the arm says which."""
        made: list[tuple[Any, tuple[str, ...]]] = []
        for text, line in texts:
            used = used_in(text, builder.bindings)
            known = typed(used, builder.bindings)
            body = self.names.text(text, known, line, dialect=dialect, purpose=Purpose.SCRIPT)
            made.append((body if text.strip() else None, used))
        if len(made) == 1:
            return made[0][0], tuple((name, builder.bindings[name].read) for name in made[0][1])
        names = tuple(sorted({name for _, used in made for name in used}))
        position = builder.width
        ways = [(body, [names.index(name) for name in used]) for body, used in made]

        def chosen(run: Any, arm: int, *given: Any) -> Any:
            body, places = ways[arm]
            return None if body is None else body(run, *[given[at] for at in places])

        reads = [(name, builder.bindings[name].read) for name in names]
        return chosen, (("", lambda run, facts: facts[position].object), *reads)

    def _salience(self, one: tree.Attribute | None, builder: PathBuilder) -> tuple[int, Any]:
        if one is None:
            return 0, None
        piece = attributes.bare(one.piece)
        number = attributes.whole_number(piece)
        if number is not None:
            return number, None
        read = builder.reader(piece)
        return 0, lambda run, facts: int(read(run, facts) or 0)

    def _enabled(self, one: tree.Attribute | None, builder: PathBuilder) -> Any:
        if one is None:
            return True
        piece = attributes.bare(one.piece)
        if len(piece) == 1 and piece[0].text in ("true", "false"):
            return piece[0].text == "true"
        return builder.reader(piece)


class Later:
    """A function that is compiled after what calls it."""

    __slots__ = ("text",)
    warnings: tuple[str, ...] = ()
    locals: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.text: Any = None

    def within(self, frame: Any, args: list[Any]) -> Any:
        """Run it as a part of another text."""
        return self.text.within(frame, args)

    def __call__(self, run: Any, /, *args: Any) -> Any:
        """Run it."""
        return self.text(run, *args)
