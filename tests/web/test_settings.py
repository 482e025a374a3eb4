"""Where settings come from, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import structs

from procession.errors import Invalid
from procession.settings import Settings, describe, read_settings


def test_arguments_win_over_environment_over_file_over_defaults(tmp_path: Path) -> None:
    file = tmp_path / "procession.toml"
    file.write_text('host = "10.0.0.1"\nport = 1\nmax_body = 5\ncors_origins = ["https://a"]\n')
    environment = {"PROCESSION_CONFIG": str(file), "PROCESSION_PORT": "2", "PROCESSION_HOST": ""}

    settings = read_settings({"port": 3, "host": None}, environment=environment)

    assert (settings.host, settings.port, settings.max_body) == ("10.0.0.1", 3, 5)
    assert settings.cors_origins == ("https://a",)
    assert settings.access_mode == "guarded"


def test_lists_are_separated_by_commas() -> None:
    environment = {"PROCESSION_TRUSTED_PROXIES": "10.0.0.0/8, 192.168.1.1", "PROCESSION_DEMO": "1"}

    settings = read_settings(environment=environment)

    assert settings.trusted_proxies == ("10.0.0.0/8", "192.168.1.1")
    assert settings.demo is True


def test_the_database_lies_in_the_data_directory_unless_named() -> None:
    assert read_settings({"data_dir": "/srv/x"}, environment={}).database == (
        "sqlite:////srv/x/procession.db"
    )
    assert read_settings({"data_dir": "/srv/x"}, environment={}).kjar_paths == ("/srv/x/kjars",)
    assert read_settings({"database": "sqlite://"}, environment={}).database == "sqlite://"


@pytest.mark.parametrize(
    "wrong",
    [
        {"port": 70_000},
        {"port": "many"},
        {"access_mode": "open"},
        {"config": "/nowhere/at/all.toml"},
        {"token_key": "short"},
        {"oneweb_auth_mode": "trusted", "host": "0.0.0.0"},
    ],
)
def test_wrong_settings_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        read_settings(wrong, environment={})


@pytest.mark.parametrize("name", ["port", "access_mode"])
def test_a_wrong_variable_is_told_by_its_name(name: str) -> None:
    with pytest.raises(Invalid, match=name):
        read_settings(environment={f"PROCESSION_{name.upper()}": "many"})


@pytest.mark.parametrize("written", ["1", "true", "True", "yes", "on"])
def test_what_the_environment_says_is_read_alike_with_and_without_a_file(
    tmp_path: Path, written: str
) -> None:
    file = tmp_path / "procession.toml"
    file.write_text("max_body = 5\n")
    environment = {
        "PROCESSION_DEMO": written,
        "PROCESSION_ACCESS_LOG": "false",
        "procession_port": "9090",
        "PROCESSION_METHODS": "a.B.c=m:n, d.E.f=m:o",
        "PROCESSION_NOT_A_SETTING": "x",
        "PROCESSION_MAX_BODY": "5",
        "PROCESSION_DATABASE": "sqlite://",
    }

    plain = read_settings({"host": "10.0.0.1"}, environment=environment)
    beside = {**environment, "PROCESSION_CONFIG": str(file)}

    assert structs.replace(plain, config=str(file)) == read_settings(
        {"host": "10.0.0.1"}, environment=beside
    )
    assert (plain.demo, plain.port, plain.methods[1]) == (True, 9090, "d.E.f=m:o")


@pytest.mark.parametrize("text", ["nonsense = 1", "= broken"])
def test_wrong_files_are_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(text)

    with pytest.raises(Invalid):
        read_settings({"config": str(file)}, environment={})


def test_every_setting_is_described() -> None:
    rows = describe()

    assert [row.name for row in rows] == list(Settings.__struct_fields__)
    assert all(row.description.endswith(".") for row in rows)


def test_secrets_are_not_shown() -> None:
    shown = repr(Settings(admin_password="hunter2", token_key="k" * 64))

    assert "hunter2" not in shown
    assert "kkkk" not in shown


@pytest.mark.parametrize(
    "given",
    [{}, {"port": 0, "host": "::1"}, {"demo": True, "log_level": "debug"}, {"database": "x"}],
)
def test_plain_arguments_alone_mean_what_they_mean_beside_an_environment(
    given: dict[str, object],
) -> None:
    beside = read_settings(given, environment={"PROCESSION_JOB_BATCH": "50"})

    assert read_settings(given, environment={}) == beside
