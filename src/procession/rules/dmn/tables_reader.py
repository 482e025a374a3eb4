"""Reads decision tables. Orientation is a matter of drawing: the document lists rules alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

from procession.rules.dmn import source

if TYPE_CHECKING:
    from procession.rules.dmn.reader import Reader

HIT_POLICIES: Final = {
    "UNIQUE": "U",
    "ANY": "A",
    "PRIORITY": "P",
    "FIRST": "F",
    "RULE ORDER": "R",
    "OUTPUT ORDER": "O",
    "COLLECT": "C",
}
AGGREGATIONS: Final = {"": "", "SUM": "+", "MIN": "<", "MAX": ">", "COUNT": "#"}


def read_table(reader: Reader, xml: etree._Element) -> source.Table:
    """A decision table."""
    policy = str(xml.get("hitPolicy") or "UNIQUE").replace("_", " ").upper()
    aggregation = str(xml.get("aggregation") or "").upper()
    if policy not in HIT_POLICIES:
        reader.problem(xml, f"the hit policy {policy} is unknown")
    if aggregation not in AGGREGATIONS:
        reader.problem(xml, f"the aggregation {aggregation} is unknown")
    inputs = tuple([_input(reader, one) for one in reader.children(xml, "input")])
    outputs = tuple([_output(reader, one) for one in reader.children(xml, "output")])
    if not outputs:
        reader.problem(xml, "a decision table needs an output")
    if len(outputs) > 1 and AGGREGATIONS.get(aggregation) in ("+", "<", ">"):
        reader.problem(xml, f"{aggregation} needs a single output, not {len(outputs)}")
    rules = []
    for one in reader.children(xml, "rule"):
        rule = _rule(reader, one)
        if len(rule.tests) != len(inputs) or len(rule.outputs) != len(outputs):
            reader.problem(
                one,
                f"the rule has {len(rule.tests)} conditions and {len(rule.outputs)} conclusions; "
                f"the table has {len(inputs)} and {len(outputs)}",
            )
        else:
            rules.append(rule)
    return source.Table(
        line=xml.sourceline or 0,
        id=str(xml.get("id") or ""),
        type_ref=reader.type_ref(xml),
        hit_policy=HIT_POLICIES.get(policy, "U"),
        aggregation=AGGREGATIONS.get(aggregation, ""),
        inputs=inputs,
        outputs=outputs,
        rules=tuple(rules),
    )


def _input(reader: Reader, xml: etree._Element) -> source.Input:
    expression = reader.child(xml, "inputExpression")
    kind = "" if expression is None else reader.type_ref(expression)
    values = reader.text(reader.child(xml, "inputValues"))
    if expression is None:
        reader.problem(xml, "the input has no expression")
    return source.Input(reader.text(expression), kind, values, xml.sourceline or 0)


def _output(reader: Reader, xml: etree._Element) -> source.Output:
    default = reader.child(xml, "defaultOutputEntry")
    return source.Output(
        " ".join(str(xml.get("name") or "").split()),
        reader.type_ref(xml),
        reader.text(reader.child(xml, "outputValues")),
        None if default is None else _entry(reader, default),
        xml.sourceline or 0,
    )


def _entry(reader: Reader, xml: etree._Element) -> source.Literal:
    return source.Literal(
        line=reader.text_line(xml),
        id=str(xml.get("id") or ""),
        text=reader.text(xml),
        language=str(xml.get("expressionLanguage") or ""),
    )


def _rule(reader: Reader, xml: etree._Element) -> source.Rule:
    tests = list(reader.children(xml, "inputEntry"))
    annotations = [reader.text(one) for one in reader.children(xml, "annotationEntry")]
    for one in tests:
        language = str(one.get("expressionLanguage") or "").lower()
        if language and "feel" not in language:
            reader.problem(one, f"tests are written in FEEL, not {language}")
    return source.Rule(
        str(xml.get("id") or ""),
        tuple([reader.text(one) for one in tests]),
        tuple([_entry(reader, one) for one in reader.children(xml, "outputEntry")]),
        tuple([one.strip() for one in annotations]),
        xml.sourceline or 0,
        tuple([reader.text_line(one) for one in tests]),
    )
