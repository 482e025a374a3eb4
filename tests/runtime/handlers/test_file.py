"""File, in a real directory."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest

from procession.testing.models import parameters
from tests.runtime.handlers.house import incident, run, run_model
from tests.runtime.rooms import jobs, straight, variables, visited


@pytest.fixture
def folder(tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "outside.txt").write_text("secret")
    return inside


@pytest.fixture
def engine(open_engine, folder):
    return open_engine(file_dir=str(folder), handler_bytes=100)


def value_of(engine, given=None, **constants):
    inside = parameters(
        constants=constants,
        inputs={"Content": "given"} if given is not None else {},
        outputs={"Result": "found"},
    )
    process = straight(
        "p",
        lambda m: m.task("t", inside, taskName="File"),
        lambda m: m.task("w", taskName="Wait"),
        variables="given found",
    )
    id = run_model(engine, process, {} if given is None else {"given": given})
    return engine.processes.get(engine.admin, id).variables.get("found")


def test_what_is_written_can_be_read(engine, folder):
    assert value_of(engine, Operation="write", Path="a/b/note.txt", Content="Grüße") is True
    assert value_of(engine, Path="a/b/note.txt") == "Grüße"
    assert (folder / "a/b/note.txt").read_text("utf-8") == "Grüße"
    assert [path.name for path in (folder / "a/b").iterdir()] == ["note.txt"]


def test_a_file_is_replaced_whole(engine, folder):
    (folder / "x").write_text("a long text that was there before")

    value_of(engine, Operation="WRITE", Path="x", Content="new")

    assert (folder / "x").read_text() == "new"


def test_something_is_appended(engine, folder):
    for _ in range(2):
        value_of(engine, Operation="APPEND", Path="log.txt", Content="x\n")

    assert (folder / "log.txt").read_text() == "x\nx\n"


def test_names_are_listed_by_a_pattern(engine, folder):
    for name in ("b.csv", "a.csv", "c.txt"):
        (folder / name).touch()
    (folder / "d.csv").mkdir()

    assert value_of(engine, Operation="LIST", Pattern="*.csv") == ("a.csv", "b.csv")
    assert value_of(engine, Operation="LIST", Path="d.csv") == ()


def test_a_file_is_deleted(engine, folder):
    (folder / "x").touch()

    assert value_of(engine, Operation="DELETE", Path="x") is True
    assert value_of(engine, Operation="DELETE", Path="x") is False
    assert not (folder / "x").exists()


@pytest.mark.parametrize(
    ("kind", "content", "value"),
    [
        ("json", '{"a":[1,2]}', {"a": (1, 2)}),
        ("lines", "one\ntwo\n", ("one", "two")),
        ("csv", "id;name\n1;Ann\n", ({"id": "1", "name": "Ann"},)),
    ],
)
def test_formats_go_both_ways(engine, folder, kind, content, value):
    given = {"Format": kind, "Delimiter": ";"}

    value_of(engine, value, Operation="WRITE", Path="x", **given)

    assert (folder / "x").read_text() == content
    assert value_of(engine, Path="x", **given) == value


def test_bytes_go_both_ways(engine, folder):
    (folder / "x").write_bytes(b"\x00\xff")

    assert value_of(engine, Path="x", Encoding="binary") == b"\x00\xff"
    assert value_of(engine, Path="x", Encoding="latin-1") == "\x00ÿ"


@pytest.mark.parametrize("code", ["FILE_NOT_FOUND", "java.io.FileNotFoundException"])
def test_a_file_that_is_not_there_is_an_error_for_the_model(engine, code):
    id = run(engine, "File", code=code, Path="nowhere.txt")

    assert visited(engine, id, "caught") == 1


def test_a_write_that_is_repeated_does_no_harm(engine, folder, monkeypatch):
    """The machine dies after the file was written and before that was stored."""
    jobs_of = engine._worker._jobs
    conclude = jobs_of.conclude

    def dies(*_):
        raise OSError("the machine died")

    monkeypatch.setattr(jobs_of, "conclude", dies)
    run(engine, "File", Operation="WRITE", Path="x", Content="once")
    monkeypatch.setattr(jobs_of, "conclude", conclude)
    engine.room.clock.advance(timedelta(minutes=1))
    engine.run_due_jobs()

    assert (folder / "x").read_text() == "once"
    assert not jobs(engine)


# -- where it may not go -----------------------------------------------------------------------

ESCAPES = [
    "../outside.txt",
    "a/../../outside.txt",
    "/etc/passwd",
    "~/x",
    "..",
    ".",
    "//etc/passwd",
    "..\\outside.txt",
    "a/\0/b",
    "x" * 300,
    "/".join("a" * 40),
]


@pytest.mark.parametrize("operation", ["READ", "WRITE", "APPEND", "DELETE"])
@pytest.mark.parametrize("path", [path for path in ESCAPES if "\0" not in path])
def test_no_path_leads_out(engine, folder, operation, path):
    run(engine, "File", Operation=operation, Path=path, Content="x")

    assert "is not a file below the directory" in incident(engine)
    assert (folder.parent / "outside.txt").read_text() == "secret"


@pytest.mark.parametrize("operation", ["READ", "APPEND", "DELETE"])
def test_no_link_leads_out(engine, folder, operation):
    (folder / "link").symlink_to(folder.parent / "outside.txt")

    run(engine, "File", Operation=operation, Path="link", Content="x")

    assert incident(engine)
    assert (folder.parent / "outside.txt").read_text() == "secret"


@pytest.mark.parametrize("operation", ["READ", "WRITE", "APPEND", "DELETE", "LIST"])
def test_no_linked_directory_leads_out(engine, folder, operation):
    (folder / "up").symlink_to(folder.parent)
    path = "up" if operation == "LIST" else "up/outside.txt"

    run(engine, "File", Operation=operation, Path=path, Content="x")

    assert incident(engine)
    assert (folder.parent / "outside.txt").read_text() == "secret"


def test_writing_over_a_link_replaces_the_link(engine, folder):
    (folder / "link").symlink_to(folder.parent / "outside.txt")

    run(engine, "File", Operation="WRITE", Path="link", Content="x")

    assert not (folder / "link").is_symlink()
    assert (folder.parent / "outside.txt").read_text() == "secret"


@pytest.mark.parametrize("path", ["pipe", "folder"])
def test_what_is_no_file_is_refused_and_holds_nobody_up(engine, folder, path):
    os.mkfifo(folder / "pipe")
    (folder / "folder").mkdir()

    run(engine, "File", Path=path)

    assert incident(engine)


@pytest.mark.parametrize("operation", ["READ", "WRITE", "APPEND"])
def test_a_file_has_a_largest_size(engine, folder, operation):
    (folder / "x").write_text("a" * (101 if operation == "READ" else 60))

    content = "b" * (101 if operation == "WRITE" else 60)
    run(engine, "File", Operation=operation, Path="x", Content=content)

    assert "larger than 100 bytes" in incident(engine)
    assert "b" not in (folder / "x").read_text()


def test_without_a_directory_nothing_is_read(open_engine):
    engine = open_engine()

    run(engine, "File", Path="x")

    assert "no directory is set up" in incident(engine)


def test_a_task_may_name_the_handler_by_its_implementation(engine, folder):
    write = parameters(constants={"Path": "x", "Content": "hi"})
    read = parameters(constants={"Path": "x"}, outputs={"Result": "found"})
    process = straight(
        "p",
        lambda m: m.service("w", write, implementation="fileWrite"),
        lambda m: m.service("r", read.replace("in_", "r_"), implementation="fileRead"),
        variables="found",
    )

    assert variables(engine, run_model(engine, process)) == {"found": "hi"}
