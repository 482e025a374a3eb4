"""camunda-python with its SQLite store behind uvicorn; runs in the peers' environment.

``python peer_camunda.py PORT DATABASE``
"""

from __future__ import annotations

import sys
from pathlib import Path

import uvicorn
from camunda.api import create_app  # type: ignore[import-not-found,unused-ignore]
from camunda.engine import ProcessEngine  # type: ignore[import-not-found,unused-ignore]
from camunda.parser.bpmn_parser import parse_bpmn_file  # type: ignore[import-not-found,unused-ignore]
from camunda.persistence.store import Store  # type: ignore[import-not-found,unused-ignore]


def main() -> None:
    """Serve until the process is told to stop."""
    engine = ProcessEngine(store=Store(sys.argv[2]))
    engine.register_delegate("work", lambda *_: None)
    models = Path(sys.argv[2].removeprefix("sqlite:///")).parent / "peer-models"
    for file in sorted(models.glob("*.bpmn")):
        engine.deploy(parse_bpmn_file(str(file)))
    app = create_app(engine=engine)
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", access_log=False)


if __name__ == "__main__":
    main()
