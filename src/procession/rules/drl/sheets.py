"""Cells of a spreadsheet: XLSX, XLS and CSV read into rows of texts, merged cells resolved.

Only the first sheet counts. Files are untrusted: what a packed file unpacks to, and the number of
cells, are bounded before anything is built from them.
"""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from typing import Any, Final

import msgspec

from procession.rules.drl.problems import Mistake

MOST_BYTES: Final = 10_000_000
MOST_UNPACKED: Final = 60_000_000
MOST_CELLS: Final = 400_000


class Cell(msgspec.Struct, frozen=True):
    """The text of a cell, and the first column of the merged cells it belongs to, or -1."""

    text: str
    merged: int = -1


Rows = list[dict[int, Cell]]


def rows_of(kind: str, content: str | bytes) -> Rows:
    """The rows of a spreadsheet: cells by column, columns from 0, empty ones left out."""
    if len(content) > MOST_BYTES:
        raise Mistake(f"the spreadsheet has more than {MOST_BYTES} bytes")
    if kind == "csv":
        text = content.decode("utf-8-sig", "replace") if isinstance(content, bytes) else content
        return _csv_rows(text)
    data = content.encode("latin-1") if isinstance(content, str) else content
    try:
        return _xlsx_rows(data) if kind == "xlsx" else _xls_rows(data)
    except Mistake:
        raise
    except Exception as error:  # whatever a damaged file makes of the libraries
        what = f"the file cannot be read as {kind.upper()}: {type(error).__name__}"
        raise Mistake(what) from None


def _csv_rows(text: str) -> Rows:
    """CSV has no merged cells: cells that end alike with ``...`` belong to the first of them."""
    made: Rows = []
    try:
        for line in csv.reader(io.StringIO(text)):
            cells: dict[int, Cell] = {}
            start, before = -1, ""
            for column, value in enumerate(line):
                if value.endswith("..."):
                    if value != before:
                        start, before = column, value
                    cells[column] = Cell(value[:-3].strip(), start)
                    continue
                start, before = -1, ""
                if value.strip():
                    cells[column] = Cell(value.strip())
            made.append(cells)
            if sum(map(len, made[-1:])) > MOST_CELLS or len(made) > MOST_CELLS:
                raise Mistake("the spreadsheet has too many cells")
    except csv.Error as error:
        raise Mistake(f"the file cannot be read as CSV: {error}", len(made) + 1) from None
    return made


def _xlsx_rows(data: bytes) -> Rows:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        if sum(one.file_size for one in packed.infolist()) > MOST_UNPACKED:
            raise Mistake("the spreadsheet unpacks to more than is allowed")
        for one in packed.infolist():
            if one.filename.endswith((".xml", ".rels")):
                with packed.open(one) as part:
                    if b"<!DOCTYPE" in part.read(4096):
                        raise Mistake("the spreadsheet holds a document type; it is refused")
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of styles it does not know
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
    sheet = book.worksheets[0]
    if sheet.max_row * sheet.max_column > MOST_CELLS:
        raise Mistake("the spreadsheet has too many cells")
    made: Rows = [
        {at: Cell(shown(cell.value)) for at, cell in enumerate(row) if cell.value is not None}
        for row in sheet.iter_rows()
    ]
    spans = [
        (span.min_row - 1, span.max_row, span.min_col - 1, span.max_col)
        for span in sheet.merged_cells.ranges
    ]
    return _merged(made, spans)


def _xls_rows(data: bytes) -> Rows:
    import xlrd

    book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
    sheet = book.sheet_by_index(0)
    if sheet.nrows * sheet.ncols > MOST_CELLS:
        raise Mistake("the spreadsheet has too many cells")
    made: Rows = []
    for at in range(sheet.nrows):
        cells: dict[int, Cell] = {}
        for column in range(sheet.ncols):
            value: Any = sheet.cell_value(at, column)
            if sheet.cell_type(at, column) == xlrd.XL_CELL_BOOLEAN:
                value = bool(value)
            if value not in ("", None):
                cells[column] = Cell(shown(value))
        made.append(cells)
    return _merged(made, list(sheet.merged_cells))


def _merged(rows: Rows, spans: list[tuple[int, int, int, int]]) -> Rows:
    """Every cell of a merged area has the text of its first."""
    total = 0
    for top, bottom, left, right in spans:
        total += (bottom - top) * (right - left)
        if total > MOST_CELLS:
            raise Mistake("the spreadsheet has too many merged cells")
        first = rows[top].get(left) if top < len(rows) else None
        if first is None:
            continue
        for row in range(top, min(bottom, len(rows))):
            for column in range(left, right):
                rows[row][column] = Cell(first.text, left)
    return rows


def shown(value: Any) -> str:
    """A value as a text: whole numbers without a point."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
