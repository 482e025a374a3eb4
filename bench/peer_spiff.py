"""SpiffWorkflow in process; runs in the peers' environment. A plan comes in, rates go out."""

from __future__ import annotations

import io
import json
import sys
import time
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser  # type: ignore[import-not-found,unused-ignore]
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow  # type: ignore[import-not-found,unused-ignore]


def main() -> None:
    """Run every model for its time; instances a second, the median of the repeats."""
    plan = json.load(sys.stdin)
    answer: dict[str, Any] = {}
    for name, xml in plan["models"].items():
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.parse(io.BytesIO(xml.encode())))
        spec = parser.get_spec(parser.get_process_ids()[0])
        answer[name] = measured(spec, plan["variables"], plan["seconds"], plan["repeats"])
    print(json.dumps(answer))


def measured(spec: Any, variables: dict[str, Any], seconds: float, repeats: int) -> dict[str, Any]:
    rates, costs = [], []
    one(spec, variables)
    for _ in range(repeats):
        begun, used, count = time.perf_counter(), time.process_time(), 0
        while time.perf_counter() - begun < seconds / repeats:
            one(spec, variables)
            count += 1
        rates.append(count / (time.perf_counter() - begun))
        costs.append((time.process_time() - used) / count * 1e6)
    return {"per_second": sorted(rates)[repeats // 2], "cpu_us": sorted(costs)[repeats // 2]}


def one(spec: Any, variables: dict[str, Any]) -> None:
    workflow = BpmnWorkflow(spec)
    workflow.task_tree.data.update(variables)
    workflow.do_engine_steps()
    if not workflow.is_completed():
        for task in workflow.get_tasks(manual=True):
            task.run()
        workflow.do_engine_steps()
    assert workflow.is_completed()


if __name__ == "__main__":
    main()
