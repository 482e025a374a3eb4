"""Laws 3, 4, 5 and 9 over generated models: determinism, replay, frozen values, all or nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from walks import Maker, Walk, made


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10**9), path=st.integers(0, 10**9), jbpm=st.booleans())
def test_every_step_keeps_the_laws(seed: int, path: int, jbpm: bool):
    walk = Walk(made(seed, jbpm=jbpm), path)

    try:
        walk.run(40)
    except AssertionError as broken:
        xml = Maker(seed, jbpm=jbpm).model().xml().decode()
        pytest.fail(f"{broken}\nseed {seed}, path {path}\n{walk.commands}\n{xml}")
