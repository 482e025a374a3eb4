"""A file of another vendor through a whole engine: Python, an external worker and people."""

from __future__ import annotations

from procession import Engine

FILE = """
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:t"
  xmlns:c="http://camunda.org/schema/1.0/bpmn" expressionLanguage="http://www.w3.org/1999/XPath">
 <process id="loan" isExecutable="true" c:historyTimeToLive="30">
  <startEvent id="s"/>
  <serviceTask id="rate" c:class="com.example.Rating"/>
  <exclusiveGateway id="g" default="manual"/>
  <userTask id="ask" c:candidateGroups="clerks" c:priority="80"/>
  <serviceTask id="pay" c:type="external" c:topic="payment"/>
  <endEvent id="e"/>
  <sequenceFlow id="f1" sourceRef="s" targetRef="rate"/>
  <sequenceFlow id="f2" sourceRef="rate" targetRef="g"/>
  <sequenceFlow id="quick" sourceRef="g" targetRef="pay">
   <conditionExpression>${score ge 5 and not empty customer}</conditionExpression></sequenceFlow>
  <sequenceFlow id="manual" sourceRef="g" targetRef="ask"/>
  <sequenceFlow id="f3" sourceRef="ask" targetRef="pay"/>
  <sequenceFlow id="f4" sourceRef="pay" targetRef="e"/>
 </process>
</definitions>"""


class Rating:
    """What the Java class of the model did."""

    def execute(self, variables):
        """A score for the customer."""
        return {"score": len(variables["customer"])}


def test_a_file_of_another_vendor_runs_from_its_start_to_its_end():
    with Engine.open("sqlite://") as engine:
        engine.people.add_group(engine.admin, "clerks")
        engine.people.add_user(engine.admin, "ann", None, ("clerks",))
        engine.service("com.example.Rating", Rating())
        engine.deployments.deploy(
            engine.admin, "org.x:loan:1", {"loan.bpmn": FILE.strip().encode()}
        )
        paid = []

        @engine.handler("payment")
        def pay(item):
            paid.append(dict(item.parameters))
            return {"receipt": "R1"}

        engine.processes.start(engine.admin, "loan", {"customer": "Miller"})
        engine.run_due_jobs()
        engine.processes.start(engine.admin, "loan", {"customer": "Poe"})
        [task] = engine.tasks.work_list("ann").items
        engine.tasks.claim("ann", task.id)
        engine.tasks.start("ann", task.id)
        engine.tasks.complete("ann", task.id, {"comment": "fine"})

    assert task.priority == 80
    assert paid == [
        {"customer": "Miller", "score": 6},
        {"customer": "Poe", "score": 3, "comment": "fine"},
    ]
