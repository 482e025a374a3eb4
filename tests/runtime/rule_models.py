"""Process files with rules, as jBPM's modelers write them."""

from __future__ import annotations

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:drools="http://www.jboss.org/drools" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  id="d" targetNamespace="http://www.jboss.org/drools" typeLanguage="http://www.java.com/javaTypes"
  expressionLanguage="http://www.mvel.org/2.0">
<itemDefinition id="_o" structureRef="java.lang.Object"/>
"""
RULES = "http://www.jboss.org/drools/rule"


def process(inside: str, *, id: str = "ruled", more: str = "") -> bytes:
    """A process of package ``org.test`` with the variables ``x`` and ``y``."""
    return (
        f'{HEAD}<process id="{id}" name="{id}" drools:packageName="org.test" processType="Private"'
        f' isExecutable="true"><extensionElements>{more}</extensionElements>'
        '<property id="x" itemSubjectRef="_o"/><property id="y" itemSubjectRef="_o"/>'
        f"{inside}</process></definitions>"
    ).encode()


def flow(source: str, target: str, condition: str = "") -> str:
    """A sequence flow, with a rule pattern as its condition."""
    test = f'<conditionExpression xsi:type="tFormalExpression" language="{RULES}">{condition}'
    inside = f"{test}</conditionExpression>" if condition else ""
    id = f"{source}-{target}"
    return (
        f'<sequenceFlow id="{id}" sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>'
    )


def rule_task(group: str = "g", *, id: str = "r") -> str:
    """Gives ``x`` to rules as ``fact`` and takes it back."""
    return f"""<businessRuleTask id="{id}" name="Rules" drools:ruleFlowGroup="{group}">
      <ioSpecification><dataInput id="{id}_in" name="fact"/><dataOutput id="{id}_out" name="fact"/>
        <inputSet><dataInputRefs>{id}_in</dataInputRefs></inputSet>
        <outputSet><dataOutputRefs>{id}_out</dataOutputRefs></outputSet></ioSpecification>
      <dataInputAssociation><sourceRef>x</sourceRef><targetRef>{id}_in</targetRef>
      </dataInputAssociation>
      <dataOutputAssociation><sourceRef>{id}_out</sourceRef><targetRef>x</targetRef>
      </dataOutputAssociation></businessRuleTask>"""


def script(text: str, *, id: str = "s") -> str:
    """A Java script."""
    return (
        f'<scriptTask id="{id}" name="{id}" scriptFormat="http://www.java.com/java">'
        f"<script><![CDATA[{text}]]></script></scriptTask>"
    )


def work(id: str = "w") -> str:
    """A task for somebody outside."""
    return f'<task id="{id}" name="{id}" drools:taskName="Outside"/>'


START = '<startEvent id="start"/>'
END = '<endEvent id="end"><terminateEventDefinition/></endEvent>'
