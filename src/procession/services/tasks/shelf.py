"""The forms of deployments, read once: what a revision holds never changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Final

from procession.store.repositories import deployments
from procession.store.store import Reader
from procession.tasks.form_schemas import ENDING, Form, read_form

MOST: Final = 200
"""Revisions whose forms are kept in memory."""
_PREFIXES: Final = ("camunda-forms:bpmn:", "camunda-forms:deployment:", "form:")


class Shelf:
    """Forms by revision and key; a key is the form's id, or its file's name without the ending."""

    def __init__(self) -> None:
        self._forms: OrderedDict[int, Mapping[str, Form]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, reader: Reader, revision: int, *keys: str | None) -> Form | None:
        """The form of the first key that there is one for."""
        forms = self._of(reader, revision)
        if not forms:
            return None
        for key in filter(None, keys):
            found = forms.get(_bare(key or ""))
            if found is not None:
                return found
        return None

    def _of(self, reader: Reader, revision: int) -> Mapping[str, Form]:
        with self._lock:
            known = self._forms.get(revision)
            if known is not None:
                self._forms.move_to_end(revision)
                return known
        forms: dict[str, Form] = {}
        for name, content in deployments.forms(reader, revision):
            form = read_form(content)
            if form is not None:
                forms[_bare(name)] = form
                forms.setdefault(form.id, form)
        with self._lock:
            self._forms[revision] = forms
            while len(self._forms) > MOST:
                self._forms.popitem(last=False)
        return forms


def _bare(key: str) -> str:
    for prefix in _PREFIXES:
        key = key.removeprefix(prefix)
    return key.rpartition("/")[2].removesuffix(ENDING)
