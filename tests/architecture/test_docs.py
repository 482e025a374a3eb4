"""Law 14: undocumented is failing. And the code in the papers runs."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from docs import generate
from tests.architecture.house import DOCS, ROOT, SOURCE, modules

DECISIONS = sorted((DOCS / "decisions").glob("[0-9]*.md"))
PAPERS = sorted(
    [*DOCS.rglob("*.md"), *(ROOT / n for n in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"))]
)
FORM = ("## Context", "## Decision", "## Consequences", "## How it is guarded")
FENCE = re.compile(r"^```(python run(?: continued)?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"^<!-- ([\w.-]+\.\w+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(#[^)\s]*)?\)")
GENERATED = frozenset(generate.PAGES)
DEPENDENCIES = re.compile(r'^    "([a-z0-9-]+)(?:\[[a-z,]+\])?[><=;]', re.MULTILINE)


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def page(name: str) -> str:
    return (DOCS / "reference" / name).read_text(encoding="utf-8")


# -- the reference -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(GENERATED))
def test_a_generated_page_is_as_the_source_says(name: str) -> None:
    """If this fails: ``make docs``."""
    assert page(name) == generate.text_of(name)


def test_the_page_of_commands_does_not_depend_on_who_asked_for_help_before() -> None:
    from procession.cli.check import check

    CliRunner().invoke(check, ["--help"])

    assert page("command-line.md") == generate.text_of("command-line.md")


def test_the_index_of_the_reference_names_every_page() -> None:
    index = page("README.md")

    assert not [name for name in GENERATED if f"({name})" not in index]


def test_every_setting_stands_in_the_reference() -> None:
    from procession.settings import describe

    missing = [s.name for s in describe() if f"`{s.environment}`" not in page("settings.md")]
    undescribed = [s.name for s in describe() if not s.description]

    assert not missing
    assert not undescribed


def test_every_setting_has_an_effect() -> None:
    """A documented setting that nobody reads is a lie."""
    from procession.settings import describe

    def read_in(text: str) -> set[str]:
        return set(re.findall(r"(?:(?<=[sS]ettings\.)|(?<=self\.)|(?<=\.get\(\"))(\w+)", text))

    texts = [m.text for m in modules() if not m.place.startswith("settings/")]
    read = read_in("\n".join(text for text in texts if "ettings" in text))
    own = "".join(path.read_text(encoding="utf-8") for path in (SOURCE / "settings").glob("*.py"))
    among_themselves = {"config", "data_dir", "oneweb_trusted_anywhere"}
    read = read - among_themselves | among_themselves & read_in(own)
    idle = [s.name for s in describe() if s.name not in read]

    assert not idle


def test_every_route_of_every_door_stands_in_the_reference() -> None:
    from procession.web.http import plain_path

    pages = page("jbpm.md") + page("oneweb.md") + page("api.md")
    missing, silent = [], []
    for prefix, routes in generate.mounts().values():
        for route in routes:
            if f"`{route.method} {prefix.replace('*', '')}{plain_path(route.path)}`" not in pages:
                missing.append(f"{route.method} {route.path}")
            if not route.summary:
                silent.append(f"{route.method} {route.path}")

    assert not missing
    assert not silent, "the first line of a handler's docstring is its summary"


def test_every_command_stands_in_the_reference() -> None:
    from procession.cli.main import COMMANDS

    assert not [
        name for name in COMMANDS if f"## procession {name}\n" not in page("command-line.md")
    ]


def test_every_error_stands_in_the_reference() -> None:
    names = [kind.__name__ for kind in generate.error_classes()]

    assert not [name for name in names if f"`{name}`" not in page("errors.md")]


def test_every_permission_stands_in_the_reference_and_every_route_names_one() -> None:
    from procession.services.access import TABLE

    routes = [route for _, routes in generate.mounts().values() for route in routes]

    assert not [name for name in TABLE if f"`{name}`" not in page("access.md")]
    assert {route.permission for route in routes} <= set(TABLE)


def test_every_table_stands_in_the_reference() -> None:
    from procession.store.tables import metadata

    assert not [name for name in metadata.tables if f"## `{name}`" not in page("tables.md")]


def test_every_extension_point_stands_in_the_reference() -> None:
    """A module that loads entry points keeps their group in a constant, which has its row."""
    loading = [m for m in modules() if "entry_points(" in m.text]
    groups = {
        str(node.value.value)
        for module in loading
        for node in module.tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and isinstance(node.value, ast.Constant)
        and str(node.value.value).startswith("procession.")
    }

    assert groups
    assert groups <= set(generate.extension_points().values())
    text = page("extension-points.md")
    assert not [where for where in generate.extension_points().values() if where not in text]


def test_every_public_name_of_the_package_can_be_had() -> None:
    import procession

    assert not [name for name in procession.__all__ if not hasattr(procession, name)]
    assert set(procession._HOMES) == set(procession.__all__) - {"__version__"}


def test_every_class_of_the_script_library_stands_in_the_reference() -> None:
    from procession.scripting.library.families import LIBRARY

    assert not [name for name in LIBRARY.classes if f"## `{name}`" not in page("scripts.md")]


# -- papers --------------------------------------------------------------------------------------


def test_the_readme_has_two_screens_at_most() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()

    assert len(lines) <= 100


def test_the_readme_has_the_lines_that_serve_prints() -> None:
    from procession.cli.serve import banner
    from procession.settings import Settings

    url = "http://127.0.0.1:8080"
    told = banner(Settings(demo=True), url, "secret", {"krisv": "secret"})
    addresses = re.findall(r"'(http://[^']+)'", told)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert len(addresses) >= 4
    short = [each.replace(f"{url}/business-central/rest", "$REST") for each in addresses]
    assert not [each for each in short if each not in readme]


def test_the_picture_in_the_readme_is_of_the_demo_as_it_is() -> None:
    from docs import picture

    assert picture.IMAGE.read_text(encoding="utf-8") == picture.picture(), "make docs"


def test_every_room_has_its_place_on_the_map() -> None:
    rooms = {m.room for m in modules() if "/" in m.place}

    assert rooms <= set(generate.ROOMS)


@pytest.mark.parametrize("path", PAPERS, ids=shown)
def test_links_lead_somewhere(path: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    targets = [found[1] for found in LINK.finditer(text)]
    local = [t for t in targets if "://" not in t and not t.startswith("mailto:")]

    assert not [t for t in local if not (path.parent / t).exists()]


@pytest.mark.parametrize("path", DECISIONS, ids=lambda p: p.stem)
def test_a_decision_record_has_the_form(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    number = path.stem.partition("-")[0]

    assert text.startswith(f"# {number} ")
    assert re.search(r"^Status: (accepted|superseded by \d{4})$", text, re.MULTILINE)
    places = [text.find(f"\n{heading}\n") for heading in FORM]
    assert -1 not in places
    assert places == sorted(places)
    sections = re.split(r"^## .*$", text, flags=re.MULTILINE)[1:]
    assert all(len(section.strip()) > 20 for section in sections)


def test_decision_records_are_numbered_without_a_gap_and_listed() -> None:
    numbers = [int(path.stem.partition("-")[0]) for path in DECISIONS]
    index = (DOCS / "decisions" / "README.md").read_text(encoding="utf-8")

    assert numbers == list(range(1, len(numbers) + 1))
    assert not [path.name for path in DECISIONS if f"({path.name})" not in index]


@pytest.mark.parametrize("path", PAPERS, ids=shown)
def test_files_that_a_paper_names_exist(path: Path) -> None:
    """``tests/laws``, ``src/procession/…``: above all the guards of laws and decisions."""
    named = re.findall(r"`((?:tests|docs|src|bench)/[\w./-]+)`", path.read_text(encoding="utf-8"))

    assert not [name for name in named if not (ROOT / name).exists()]


def test_every_dependency_has_a_decision_record() -> None:
    names = set(DEPENDENCIES.findall((ROOT / "pyproject.toml").read_text(encoding="utf-8")))
    names.add("granian")
    records = "".join(path.read_text(encoding="utf-8") for path in DECISIONS)

    assert len(names) > 20
    assert not [name for name in sorted(names) if f"`{name}`" not in records]


@pytest.mark.parametrize(
    "path", [p for p in PAPERS if FENCE.search(p.read_text(encoding="utf-8"))], ids=shown
)
def test_code_in_the_papers_runs(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks marked ``python run`` run in an empty folder; ``continued`` goes on with the last.

    A block under a comment with a file's name is that file.
    """
    monkeypatch.chdir(tmp_path)
    text = path.read_text(encoding="utf-8")
    for name, content in NAMED.findall(text):
        (tmp_path / name).write_text(content, encoding="utf-8")
    names: dict[str, object] = {}
    for mark, source in FENCE.findall(text):
        if "continued" not in mark:
            names = {"__name__": "example"}
        exec(compile(source, f"{shown(path)}", "exec"), names)


def test_the_changelog_speaks_of_this_version() -> None:
    from procession import __version__

    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert f"## [{__version__}]" in text or "## [Unreleased]" in text
