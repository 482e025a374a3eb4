"""Loading what a start leaves out: the elements, the compiler and the languages of scripts.

A server is ready before these are loaded; they are a third of what it loads, and nothing but a
process needs them. Right after it they are loaded beside the first requests, in a thread of their
own; a request that is quicker loads them itself, or waits for the rest.
"""

from __future__ import annotations

import gc
import logging
import threading

log = logging.getLogger("procession.warming")


def load() -> None:
    """Load them now; this starts nothing and opens nothing."""
    import argon2  # noqa: F401

    import procession.bpmn.compiler
    import procession.bpmn.starts
    import procession.scripting.evaluator  # noqa: F401


def warm_up() -> threading.Thread:
    """Load them in the background."""
    thread = threading.Thread(target=_load_beside, name="procession-warming", daemon=True)
    thread.start()
    return thread


def _load_beside() -> None:
    is_frozen = gc.get_freeze_count() > 0
    if is_frozen:  # modules are no garbage, and looking at them in each collection costs time
        gc.disable()
    try:
        load()
    finally:
        if is_frozen:
            gc.freeze()
            gc.enable()
    log.debug("everything is loaded")
