"""Draws ``docs/images/evaluation.svg``: the demo's Evaluation process, half-way through.

``make docs`` runs it. The instance is a real one: started, and its first task completed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from procession import demo
from procession.bpmn.diagram.rendering import render
from procession.testing import compile_model, start

IMAGE: Final = Path(__file__).resolve().parent / "images" / "evaluation.svg"
FLOWS: Final = ("to_self", "to_fork", "to_pm", "to_hr")


def picture() -> str:
    """The diagram after the self evaluation, with what is done and what is active."""
    files = {name: body for unit in demo.UNITS for name, body in unit.read().items()}
    xml = files["evaluation.bpmn2"]
    run = start(compile_model(xml.decode()), employee="krisv", reason="yearly")
    run.complete("self_evaluation", performance="exceeding")
    active = ("pm_evaluation", "hr_evaluation")
    done = tuple(node for node in run.visited if node not in active)
    return render(xml, None, active=active, done=(*done, *FLOWS))


def main() -> None:
    """Write the picture."""
    IMAGE.write_text(picture(), encoding="utf-8")


if __name__ == "__main__":
    main()
