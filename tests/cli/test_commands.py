"""The command line: help, data files at rest, and one clear line for what goes wrong."""

from __future__ import annotations

import shlex
import socket
import subprocess
import sys

import pytest
from click.testing import CliRunner

from procession import __version__
from procession.cli.main import COMMANDS, command
from procession.cli.options import show
from procession.cli.serve import banner
from procession.settings import Settings
from procession.testing import model
from procession.testing.models import timer

ORDER = model("order").start().user("u").end()
UNIT = "org.acme:orders:1.0"


def paths(group=command, path=()):
    """Every command and subcommand."""
    import click

    yield path
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            found = group.get_command(context, name)
            assert found is not None
            yield from paths(found, (*path, name))


@pytest.mark.parametrize("path", [" ".join(path) for path in paths()])
def test_every_command_explains_itself(path):
    done = CliRunner().invoke(command, [*path.split(), "--help"])

    assert done.exit_code == 0
    assert done.output.startswith("Usage:")
    assert len(done.output.splitlines()) > 3


def test_help_and_lists_agree():
    done = CliRunner().invoke(command, ["--help"])

    for name, (_, help) in COMMANDS.items():
        assert f"  {name} " in done.output
        assert help in done.output
    lists = [path for path in paths() if path and path[-1] in ("list", "members", "roles")]
    assert len(lists) == 9
    for path in [*lists, ("check",), ("version",), ("deploy",)]:
        assert "--json" in CliRunner().invoke(command, [*path, "--help"]).output


def test_version(alone):
    assert __version__ in alone.ok("version")
    assert alone("version", "--json").json["version"] == __version__


def test_check_lists_every_problem_with_element_and_line(alone):
    good = alone.file("good.bpmn", ORDER)
    bad = alone.file(
        "bad.bpmn",
        model("bad", jbpm=True).start().task("nobody").timer("t", "whenever").end(),
    )

    assert "0 error(s)" in alone.ok("check", good)
    answer = alone("check", good, bad, "--json")
    assert answer.code == 1
    problems = {row["element"]: row for row in answer.json}
    assert {"nobody", "t"} <= set(problems)
    for row in problems.values():
        assert row["line"] > 0
        assert row["file"] == bad
    told = alone("check", bad)
    assert told.code == 1
    assert "whenever" in told.out
    assert "2 error(s)" in told.out


def test_check_of_something_else_is_a_problem_too(alone):
    answer = alone("check", alone.file("not.bpmn", b"<definitions"))
    assert answer.code == 1
    assert "Traceback" not in answer.err
    assert "1 error(s)" in answer.out


def test_a_unit_is_deployed_into_a_data_file_at_rest(procession):
    order = procession.file("order.bpmn", ORDER)

    given = ("deploy", UNIT, order, "--semantics", "nonsense=true")
    procession(*given).fails_with("no semantics flag")
    assert "is deployed" in procession.ok("deploy", UNIT, order)

    procession("deploy", UNIT, order).fails_with("already deployed")
    bad = procession.file("bad.bpmn", model("bad").start().timer("t", "whenever").end())
    refused = procession("deploy", "org.acme:bad:1.0", bad)
    assert refused.code == 1
    assert "whenever" in refused.err
    assert "Traceback" not in refused.err


def test_people_in_a_data_file_at_rest(procession):
    procession.ok("group", "add", "sales", "--description", "who sells")
    procession.ok("user", "add", "ann", "--group", "sales", "--password-stdin", stdin="secret-1\n")
    procession.ok("user", "add", "bob", "--password", "secret-2")
    procession.ok("group", "members", "sales", "--add", "bob")
    procession.ok("user", "roles", "bob", "--grant", "operator")

    users = {one["name"]: one for one in procession("user", "list", "--json").json}
    assert users["ann"]["groups"] == ["sales"]
    assert users["bob"]["roles"] == ["operator"]
    assert "ann" in procession.ok("group", "list")
    assert "sales" in procession.ok("user", "members", "bob")
    procession.ok("group", "members", "sales", "--remove", "ann")
    assert [row["member"] for row in procession("group", "members", "sales", "--json").json] == [
        "bob"
    ]
    procession.ok("user", "change", "bob", "--email", "bob@example.com", "--language", "de-DE")
    users = {one["name"]: one for one in procession("user", "list", "--json").json}
    assert (users["bob"]["email"], users["bob"]["language"]) == ("bob@example.com", "de-DE")
    procession("user", "change", "bob").fails_with("--email")
    procession("user", "change", "carl", "--email", "x").fails_with("carl")
    procession("user", "add", "ann", "--password", "x").fails_with("ann")
    procession("user", "passwd", "carl", "--password", "x").fails_with("carl")
    procession("group", "members", "nobody").fails_with("nobody")


def test_roles_in_a_data_file_at_rest(procession):
    procession.ok("group", "add", "clerks")
    procession.ok("user", "add", "robot", "--password", "secret-1")
    procession.ok("role", "add", "approver", "--code", "R0003")

    given = procession.ok("role", "grant", "approver", "--user", "robot", "--group", "clerks")
    assert "approver granted" in given
    roles = {row["name"]: row for row in procession("role", "list", "--json").json}
    assert roles["approver"]["code"] == "R0003"
    assert roles["approver"]["users"] == ["robot"]
    assert roles["approver"]["groups"] == ["clerks"]
    assert "approver" in procession.ok("user", "roles", "robot")
    assert "approver" in procession.ok("group", "roles", "clerks")

    procession.ok("role", "revoke", "approver", "--user", "robot")
    (left,) = [row for row in procession("role", "list", "--json").json if row["code"] == "R0003"]
    assert (left["users"], left["groups"]) == ([], ["clerks"])
    assert "R0003" not in procession.ok("user", "roles", "robot")
    procession("role", "add", "approver").fails_with("approver")
    procession("role", "grant", "nothing", "--user", "robot").fails_with("nothing")
    procession("role", "grant", "approver", "--user", "carl").fails_with("carl")
    assert procession("role", "grant", "approver").code == 2

    procession.ok("role", "remove", "approver")
    assert "approver" not in procession.ok("role", "list")
    procession("role", "remove", "approver").fails_with("approver")


def test_jobs_and_incidents_of_a_data_file_at_rest(alone):
    later = alone.file("later.bpmn", model("later").start("s", timer("R/PT10H", "timeCycle")).end())
    alone.ok("deploy", "org.acme:later:1.0", later)

    [job] = alone("jobs", "list", "--json").json
    assert (job["kind"], job["state"]) == ("start_timer", "ready")
    assert "start_timer" in alone.ok("jobs", "list", "--kind", "start_timer")
    assert "is due now" in alone.ok("jobs", "retry", str(job["id"]))
    assert "cancelled" in alone.ok("jobs", "cancel", str(job["id"]))
    assert alone("jobs", "list", "--json").json == []
    assert alone("incidents", "list", "--json").json == []
    alone("jobs", "retry", str(job["id"])).fails_with("no job")
    alone("incidents", "retry", "99").fails_with("no incident 99")


def test_migrate_says_where_the_database_stands(procession, alone):
    assert "version" in procession.ok("migrate")
    assert "version" in alone.ok("migrate")


def test_wrong_settings_are_one_line(alone):
    alone("serve", PROCESSION_JOB_BATCH="many").fails_with("job_batch")
    alone("serve", "--config", "nowhere.toml").fails_with("nowhere.toml")
    alone("serve", PROCESSION_DATABASE="mysql://x").fails_with("mysql")
    alone("serve", "--port", "0", PROCESSION_TIME_ZONE="Mars/Olympus").fails_with("Mars/Olympus")
    alone("jobs", "list", "--database", "sqlite:////nowhere/at/all.db").fails_with()
    alone("jobs", "list", "--database", "postgresql://x@127.0.0.1:1/x").fails_with("database")


def test_a_port_that_is_taken_is_one_line(alone):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        alone("serve", "--port", port).fails_with(port, "--port")
    assert not (alone.folder / "new.db").exists()


def test_help_is_quick():
    """Nothing is loaded that a command does not need."""
    seen = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "procession", "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": "src"},
        cwd=__file__.rsplit("/tests/", 1)[0],
    )
    for heavy in ("sqlalchemy", "uvicorn", "lxml", "psycopg", "starlette"):
        assert f" {heavy}\n" not in seen.stderr


def test_the_lines_to_copy_carry_a_password_that_the_settings_chose():
    settings = Settings(demo=True, admin_password="it's")

    first = banner(settings, "http://here", None, {"krisv": "k-1"}, chosen="it's")
    later = banner(settings, "http://here", None, {})

    users = [shlex.split(line)[2] for line in first.splitlines() if line.startswith("  curl")]
    assert users == ["admin:it's", "krisv:k-1", "admin:it's", "admin:it's"]
    assert "password from the settings" in first
    users = [shlex.split(line)[2] for line in later.splitlines() if line.startswith("  curl")]
    assert users == ["admin", "krisv", "admin", "admin"]


def test_in_a_pipe_a_row_is_one_line(capsys):
    rows = [{"name": "a", "problem": "far too long for a line of eighty letters " * 4}]

    show(rows, ("name", "problem"), as_json=False)

    _, row = capsys.readouterr().out.splitlines()
    assert row.count("eighty") == 4


def test_a_misspelt_variable_is_named_with_what_is_meant():
    from procession.cli.options import unknown_variables

    lines = unknown_variables({"PROCESSION_PROT": "1", "PROCESSION_PORT": "2", "HOME": "x"})

    assert lines == ["PROCESSION_PROT is no setting and has no effect; is PROCESSION_PORT meant?"]
