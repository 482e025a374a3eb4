"""Random Java bodies, typed so that a compiler takes them, for comparing our machine with a JDK."""

from __future__ import annotations

from random import Random

from tests.scripting.java_table import Case

_NUMBERS = ("int", "long", "double", "float", "byte", "short", "char")
_WHOLE = ("int", "long", "byte", "short", "char")
_LITERALS = {
    "int": ("0", "1", "-1", "7", "42", "-13", "2147483647", "-2147483648", "1000000", "255"),
    "long": ("0L", "1L", "-1L", "99L", "9223372036854775807L", "-9223372036854775808L"),
    "double": ("0.0", "1.5", "-2.25", "1e10", "0.1", "1e-3", "-0.0", "123456.789", "1e308"),
    "float": ("0f", "1.5f", "-0.1f", "3.4e38f", "16777217f", "1e-3f"),
    "byte": ("(byte) 1", "(byte) -128", "(byte) 127", "(byte) 77"),
    "short": ("(short) 3", "(short) -32768", "(short) 32767"),
    "char": ("'a'", "'Z'", "'0'", "'\\uffff'", "' '"),
    "boolean": ("true", "false"),
    "String": ('""', '"a"', '"hello"', '"Hello World"', '"42"', '"a,b,,c"', '"  x "'),
}  # fmt: skip
_TEXT_TO_TEXT = (
    *("{}.trim()", "{}.toUpperCase()", "{}.toLowerCase()", "{}.replace('l', 'L')", "{}.concat({})"),
    *('{}.replace("a", {})', "{}.substring({}.length() / 2)", "{}.repeat({} & 3)", "{}.strip()"),
    *("new StringBuilder({}).reverse().toString()", "String.valueOf({})", "{}.intern()"),
    *('{}.replaceAll("[a-l]+", "<$0>")', 'String.format("%s|%5d|%x", {}, {}, {})'),
    *('String.join("-", {}, {})', 'Arrays.toString({}.split(","))', "Integer.toHexString({})"),
    *("Arrays.asList({}, {}).toString()", "new TreeSet<>(Arrays.asList({}, {})).toString()"),
    *("new HashSet<>(Arrays.asList({}, {}, {})).toString()", "Long.toString({}, 7)"),
    "new HashMap<>(Map.of({} + 1, {})).toString()",
)
_KINDS_OF = {
    "{}.concat({})": ("String", "String"),
    '{}.replace("a", {})': ("String", "String"),
    "{}.substring({}.length() / 2)": ("String", "same"),
    "{}.repeat({} & 3)": ("String", "int"),
    "String.valueOf({})": ("any",),
    'String.format("%s|%5d|%x", {}, {}, {})': ("any", "int", "long"),
    'String.join("-", {}, {})': ("String", "String"),
    "Integer.toHexString({})": ("int",),
    "Arrays.asList({}, {}).toString()": ("any", "any"),
    "new TreeSet<>(Arrays.asList({}, {})).toString()": ("int", "int"),
    "new HashSet<>(Arrays.asList({}, {}, {})).toString()": ("String", "String", "String"),
    "Long.toString({}, 7)": ("long",),
    "new HashMap<>(Map.of({} + 1, {})).toString()": ("String", "any"),
}
_TO_INT = (
    *("{}.length()", "{}.hashCode()", "{}.indexOf({})", "{}.compareTo({})", "Math.abs({})"),
    *(
        "Integer.compare({}, {})",
        "Math.max({}, {})",
        "Integer.bitCount({})",
        "Math.floorMod({}, 7)",
    ),
    *("Objects.hash({}, {})", "Arrays.asList({}, {}).hashCode()", "{}.lastIndexOf({})"),
    "Integer.reverse({})",
)
_INT_KINDS = {
    "{}.length()": ("String",),
    "{}.hashCode()": ("String",),
    "{}.indexOf({})": ("String", "String"),
    "{}.lastIndexOf({})": ("String", "String"),
    "{}.compareTo({})": ("String", "String"),
    "Objects.hash({}, {})": ("any", "any"),
    "Arrays.asList({}, {}).hashCode()": ("int", "String"),
}
_TO_TRUTH = (
    *("{}.equals({})", "{}.isEmpty()", "{}.contains({})", "{}.startsWith({})"),
    *("{}.equalsIgnoreCase({})", '{}.matches("[a-z ]*")', "Objects.equals({}, {})"),
)


class Programs:
    """Makes one body after the other from a seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.names: dict[str, str] = {}
        self.count = 0

    def case(self, number: int) -> Case:
        """A body of some statements that returns something."""
        self.names, self.count = {}, 0
        if self.random.random() < 0.4:
            kind = self.random.choice((*_NUMBERS, "boolean", "String"))
            return Case(number, (), f"return {self.of(kind, 4)};", "")
        body = [self.local() for _ in range(self.random.randint(1, 3))]
        body += [self.statement(2) for _ in range(self.random.randint(1, 4))]
        names = ' + "," + '.join(self.names) or '"none"'
        return Case(number, (), " ".join(body) + f' return "" + {names};', "")

    # -- statements ----------------------------------------------------------------------------

    def fresh(self) -> str:
        """A name that is not taken."""
        self.count += 1
        return f"v{self.count}"

    def local(self) -> str:
        """A declaration."""
        kind = self.random.choice((*_NUMBERS, "boolean", "String", "String", "int"))
        value = self.of(kind, 2)
        name = self.fresh()
        self.names[name] = kind
        return f"{kind} {name} = {value};"

    def statement(self, depth: int) -> str:
        """A statement."""
        pick = self.random.randint(0, 9) if depth else self.random.randint(0, 3)
        if pick <= 3 or not self.names:
            return self.change()
        known = dict(self.names)
        made = self.nested(pick, depth)
        self.names = known
        return made

    def nested(self, pick: int, depth: int) -> str:
        """A statement with others inside."""
        inside = " ".join(self.statement(depth - 1) for _ in range(self.random.randint(1, 2)))
        if pick == 4:
            other = self.statement(depth - 1)
            return f"if ({self.of('boolean', 2)}) {{ {inside} }} else {{ {other} }}"
        at = self.fresh()
        stop = self.random.choice(("", f"if ({at} == 2) break; ", f"if ({at} % 2 == 1) continue; "))
        if pick <= 6:
            most = self.random.randint(1, 5)
            return f"for (int {at} = 0; {at} < {most}; {at}++) {{ {stop}{inside} }}"
        if pick == 7:
            items = ", ".join(self.of("int", 1) for _ in range(3))
            return f"for (int {at} : new int[]{{{items}}}) {{ {inside} }}"
        if pick == 8:
            caught = self.fresh()
            thrown = self.random.choice(("", 'if (true) throw new IllegalStateException("x");'))
            return (
                f"try {{ {inside} {thrown} }} catch (RuntimeException {caught}) {{ "
                f"{self.change()} }} finally {{ {self.change()} }}"
            )
        cases = " ".join(
            f"case {n}: {self.change()} {self.random.choice(('break;', ''))}" for n in (0, 1, 2)
        )
        return f"switch ({self.of('int', 1)} & 3) {{ {cases} default: {self.change()} }}"

    def change(self) -> str:
        """An assignment of some kind."""
        if not self.names:
            return ";"
        name = self.random.choice(list(self.names))
        kind = self.names[name]
        if kind == "String":
            return f"{name} {self.random.choice(('=', '+='))} {self.of('String', 1)};"
        if kind == "boolean":
            return f"{name} {self.random.choice(('=', '&=', '|=', '^='))} {self.of('boolean', 2)};"
        if self.random.random() < 0.25:
            return self.random.choice((f"{name}++;", f"--{name};", f"{name}--;"))
        if self.random.random() < 0.5:
            return f"{name} = {self.of(kind, 2)};"
        signs = ["+=", "-=", "*=", "/=", "%="]
        right = self.random.choice(_NUMBERS)
        if kind in _WHOLE and right in _WHOLE:
            signs += ["&=", "|=", "^=", "<<=", ">>=", ">>>="]
        return f"{name} {self.random.choice(signs)} {self.of(right, 1)};"

    # -- expressions ---------------------------------------------------------------------------

    def of(self, kind: str, depth: int) -> str:
        """An expression of a type."""
        if kind == "any":
            kind = self.random.choice((*_NUMBERS, "boolean", "String"))
        named = [name for name, held in self.names.items() if held == kind]
        if depth <= 0 or self.random.random() < 0.15:
            if named and self.random.random() < 0.6:
                return self.random.choice(named)
            return self.random.choice(_LITERALS[kind])
        if self.random.random() < 0.12:
            yes, no = self.of(kind, depth - 1), self.of(kind, depth - 1)
            return f"({self.of('boolean', depth - 1)} ? {yes} : {no})"
        if kind == "String":
            return self.text(depth)
        if kind == "boolean":
            return self.truth(depth)
        return self.number(kind, depth)

    def text(self, depth: int) -> str:
        """An expression of type String."""
        if self.random.random() < 0.4:
            parts = [self.of("any", depth - 1) for _ in range(self.random.randint(1, 2))]
            return f"({self.of('String', depth - 1)} + {' + '.join(parts)})"
        form = self.random.choice(_TEXT_TO_TEXT)
        return self.filled(form, _KINDS_OF.get(form, ("String",)), depth)

    def filled(self, form: str, kinds: tuple[str, ...], depth: int) -> str:
        """A form with expressions put in."""
        made: list[str] = []
        for kind in kinds:
            made.append(made[-1] if kind == "same" else self.of(kind, depth - 1))
        if form.startswith("{}.") and kinds[0] == "String":
            made = [f"({one})" if at < 1 or "same" in kinds else one for at, one in enumerate(made)]
        return form.format(*made)

    def truth(self, depth: int) -> str:
        """An expression of type boolean."""
        pick = self.random.randint(0, 4)
        if pick == 0:
            sign = self.random.choice(("&&", "||", "&", "|", "^", "==", "!="))
            return f"({self.of('boolean', depth - 1)} {sign} {self.of('boolean', depth - 1)})"
        if pick == 1:
            return f"!{self.of('boolean', 0)}"
        if pick == 2:
            form = self.random.choice(_TO_TRUTH)
            return self.filled(form, ("String",) * form.count("{}"), depth)
        sign = self.random.choice(("<", ">", "<=", ">=", "==", "!="))
        left = self.of(self.random.choice(_NUMBERS), depth - 1)
        return f"({left} {sign} {self.of(self.random.choice(_NUMBERS), depth - 1)})"

    def number(self, kind: str, depth: int) -> str:
        """An expression of a numeric type, cast to it."""
        if kind == "int" and self.random.random() < 0.3:
            form = self.random.choice(_TO_INT)
            return self.filled(form, _INT_KINDS.get(form, ("int",) * form.count("{}")), depth)
        if self.random.random() < 0.15:
            inner = self.of(self.random.choice(_NUMBERS), depth - 1)
            return f"({kind}) (-({inner}))"
        left, right = self.random.choice(_NUMBERS), self.random.choice(_NUMBERS)
        signs = ["+", "-", "*", "/", "%"]
        if left in _WHOLE and right in _WHOLE:
            signs += ["&", "|", "^", "<<", ">>", ">>>"]
        one, other = self.of(left, depth - 1), self.of(right, depth - 1)
        return f"({kind}) ({one} {self.random.choice(signs)} {other})"
