"""Files as editors write them: what they add for themselves neither hinders nor changes a run."""

from __future__ import annotations

import pytest

from procession.bpmn.compiler import compile_document
from procession.scripting.evaluator import Evaluator
from procession.testing import compile_model, start

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DIAGRAM = (
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI"'
)
XPATH = 'expressionLanguage="http://www.w3.org/1999/XPath"'
SCHEMA = 'typeLanguage="http://www.w3.org/2001/XMLSchema"'

SIGNAVIO = f"""
<definitions xmlns="{BPMN}" {DIAGRAM} xmlns:signavio="http://www.signavio.com" {XPATH} {SCHEMA}
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" exporter="Signavio Process Editor"
  exporterVersion="12.0" targetNamespace="http://www.signavio.com/bpmn20">
 <process id="p" isExecutable="false" processType="None">
  <extensionElements><signavio:signavioDiagramMetaData metaKey="revision" metaValue="3"/>
  </extensionElements>
  <laneSet id="lanes"><lane id="l1" name="Desk">
   <extensionElements><signavio:signavioMetaData metaKey="bgcolor" metaValue="#fff"/>
   </extensionElements>
   <flowNodeRef>s</flowNodeRef><flowNodeRef>g</flowNodeRef><flowNodeRef>ok</flowNodeRef>
   <flowNodeRef>no</flowNodeRef><childLaneSet id="inner"/></lane></laneSet>
  <startEvent id="s" name="begun"><extensionElements>
   <signavio:signavioMetaData metaKey="bgcolor" metaValue="#ffffff"/>
   <signavio:signavioLabel ref="text_name" x="1" y="2" align="center"/></extensionElements>
   <outgoing>f1</outgoing></startEvent>
  <sequenceFlow id="f1" isImmediate="true" sourceRef="s" targetRef="g"/>
  <exclusiveGateway id="g" default="f3" gatewayDirection="Diverging"/>
  <sequenceFlow id="f2" sourceRef="g" targetRef="ok" name="agreed"><conditionExpression id="c1"
   xsi:type="tFormalExpression"><![CDATA[getDataObject('agreed')]]></conditionExpression>
  </sequenceFlow>
  <sequenceFlow id="f3" sourceRef="g" targetRef="no"/>
  <endEvent id="ok"/><endEvent id="no"/>
 </process>
 <bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="pl" bpmnElement="p">
  <bpmndi:BPMNShape id="sh" bpmnElement="s"><dc:Bounds x="0" y="0" width="30" height="30"/>
  </bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</definitions>"""

TRISOTECH = f"""
<semantic:definitions xmlns:semantic="{BPMN}" {DIAGRAM} {XPATH}
  xmlns:triso="http://www.trisotech.com/2015/triso/modeling"
  xmlns:trisobpmn="http://www.trisotech.com/2014/triso/bpmn"
  xmlns="http://www.trisotech.com/definitions/_1" id="_1" targetNamespace="urn:t"
  trisobpmn:diagramWidth="900" triso:logoChoice="Default" exporter="BPMN 2.0 Modeler">
 <semantic:itemDefinition id="string_id" structureRef="string" triso:basicType="true"/>
 <semantic:collaboration id="c">
  <semantic:participant id="pool" name="Shop" processRef="p"/></semantic:collaboration>
 <semantic:process id="p" isExecutable="false">
  <semantic:startEvent id="s" triso:defaultName="true"/>
  <semantic:exclusiveGateway id="g" default="f3"/>
  <semantic:sequenceFlow id="f1" sourceRef="s" targetRef="g"/>
  <semantic:sequenceFlow id="f2" sourceRef="g" targetRef="ok"><semantic:conditionExpression>
   $agreed</semantic:conditionExpression></semantic:sequenceFlow>
  <semantic:sequenceFlow id="f3" sourceRef="g" targetRef="no"/>
  <semantic:endEvent id="ok"/><semantic:endEvent id="no"/>
  <semantic:textAnnotation id="t"><semantic:text>a note</semantic:text></semantic:textAnnotation>
  <semantic:association id="a" sourceRef="g" targetRef="t"/>
 </semantic:process>
</semantic:definitions>"""

BIZAGI = f"""
<definitions xmlns="{BPMN}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" {SCHEMA} {XPATH}
  targetNamespace="http://www.bizagi.com/definitions/x">
 <process id="p" name="Order">
  <extensionElements><bizagi:BizagiExtensions xmlns:bizagi="http://www.bizagi.com/bpmn20">
   <bizagi:BizagiProperties><bizagi:BizagiProperty name="bgColor" value="Orange"/>
   </bizagi:BizagiProperties></bizagi:BizagiExtensions></extensionElements>
  <startEvent id="s"><extensionElements>
   <bizagi:BizagiExtensions xmlns:bizagi="http://www.bizagi.com/bpmn20">
    <bizagi:BizagiProperties/></bizagi:BizagiExtensions></extensionElements></startEvent>
  <exclusiveGateway id="g" default="f3"/>
  <endEvent id="ok"/><endEvent id="no"/>
  <sequenceFlow id="f1" sourceRef="s" targetRef="g"/>
  <sequenceFlow id="f2" sourceRef="g" targetRef="ok"><conditionExpression
   xsi:type="tFormalExpression" evaluatesToTypeRef="xs:boolean">$agreed = 'true' or $agreed
   </conditionExpression></sequenceFlow>
  <sequenceFlow id="f3" sourceRef="g" targetRef="no"/>
 </process>
</definitions>"""

YAOQIANG = f"""
<definitions xmlns="{BPMN}" {DIAGRAM} xmlns:yaoqiang="http://bpmn.sourceforge.net" {XPATH} {SCHEMA}
  xmlns:tns="http://sourceforge.net/bpmn/definitions/_1" xmlns:xsd="http://www.w3.org/2001/XMLSchema"
  targetNamespace="http://sourceforge.net/bpmn/definitions/_1" exporter="Yaoqiang BPMN Editor">
 <itemDefinition id="item" structureRef="xsd:boolean" isCollection="false" itemKind="Information"/>
 <process id="p" isClosed="false" isExecutable="true" processType="None">
  <extensionElements><yaoqiang:pageFormat height="842.4" width="597.6" x="0" y="0"/>
   <yaoqiang:page background="#FFFFFF" horizontalCount="1" verticalCount="1"/></extensionElements>
  <dataObject id="agreed" isCollection="false" itemSubjectRef="tns:item" name="agreed"/>
  <startEvent id="s" isInterrupting="true" parallelMultiple="false"><outgoing>f1</outgoing>
   <outputSet/></startEvent>
  <exclusiveGateway id="g" gatewayDirection="Diverging" default="f3"/>
  <endEvent id="ok"><inputSet/></endEvent><endEvent id="no"><inputSet/></endEvent>
  <sequenceFlow id="f1" sourceRef="s" targetRef="g"/>
  <sequenceFlow id="f2" sourceRef="g" targetRef="ok"><conditionExpression><![CDATA[
   tns:getDataObject('agreed') and true()]]></conditionExpression></sequenceFlow>
  <sequenceFlow id="f3" sourceRef="g" targetRef="no"/>
 </process>
</definitions>"""

FILES = {"signavio": SIGNAVIO, "trisotech": TRISOTECH, "bizagi": BIZAGI, "yaoqiang": YAOQIANG}


@pytest.mark.parametrize("editor", FILES)
def test_files_of_editors_deploy_without_a_word_and_run(editor):
    text = FILES[editor].strip()
    found = compile_document(text.encode(), Evaluator(), resource=editor)

    assert not [p for p in found.problems if p.rule not in ("executable", "soundness")]
    for agreed, end in ((True, "ok"), (False, "no")):
        run = start(compile_model(text), agreed=agreed)
        assert run.visited[-1] == end
        assert run.is_completed


@pytest.mark.parametrize("editor", FILES)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_files_of_editors_may_begin_with_a_byte_order_mark(editor, encoding):
    data = FILES[editor].strip().encode(encoding)

    assert compile_document(data, Evaluator(), resource=editor).definitions[0].id == "p"
