"""Reading settings from arguments, the environment and an optional TOML file.

Arguments and variables that are plainly right are taken as they are. pydantic-settings is loaded
for a file and for everything else, wrong values above all: it takes longer to load than the
smallest process takes to run, and nine megabytes.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from typing import Annotated, Any, get_origin

import msgspec

from procession.errors import Invalid
from procession.settings.table import DEFAULTS, PREFIX, Settings, describe


def read_settings(
    overrides: Mapping[str, Any] | None = None, *, environment: Mapping[str, str] | None = None
) -> Settings:
    """Read the settings. ``overrides`` are arguments given; ``None`` values count as not given.

    ``environment`` stands in for the process's own in tests. Raises :class:`Invalid` with every
    problem found.
    """
    given = {k: v for k, v in (overrides or {}).items() if v is not None}
    settings = _plain(given, os.environ if environment is None else environment)
    if settings is None:
        try:
            settings = msgspec.convert(_gather(given, environment), Settings, strict=False)
        except msgspec.ValidationError as error:
            raise Invalid(f"wrong setting: {error}") from error
    _check(settings)
    return settings


def _plain(given: Mapping[str, Any], environment: Mapping[str, str]) -> Settings | None:
    """The settings where arguments and variables say all and are plainly right; else ``None``."""
    named: dict[str, Any] = {
        name.lower().removeprefix(PREFIX.lower()): value
        for name, value in environment.items()
        if value and name.upper().startswith(PREFIX)
    }
    values = {name: named[name] for name in Settings.__struct_fields__ if name in named}
    values.update(given)
    if values.get("config") or not values.keys() <= set(Settings.__struct_fields__):
        return None
    for name, value in values.items():
        if _is_list(name):
            values[name] = _split(value)
    try:
        return msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError:
        return None


def _is_list(name: str) -> bool:
    return isinstance(getattr(DEFAULTS, name), tuple)


def _check(settings: Settings) -> None:
    trusted = settings.oneweb_auth_mode == "trusted"
    if trusted and not settings.is_loopback and not settings.oneweb_trusted_anywhere:
        raise Invalid(
            "oneweb_auth_mode=trusted believes whoever calls: listen on a loopback address, or "
            "set oneweb_trusted_anywhere"
        )
    if settings.token_key and len(settings.token_key.encode()) < 64:
        raise Invalid("token_key is too short: give 64 bytes or more")


def _gather(given: Mapping[str, Any], environment: Mapping[str, str] | None) -> dict[str, Any]:
    """What arguments, environment and file say, by pydantic-settings, defaults filled in."""
    from pydantic import BeforeValidator, ValidationError, create_model
    from pydantic_settings import NoDecode

    fields: dict[str, Any] = {}
    for info in describe():
        kind = info.kind
        if get_origin(kind) is tuple:
            kind = Annotated[kind, NoDecode, BeforeValidator(_split)]
        fields[info.name] = (kind, info.default)
    model = create_model("Sources", __base__=_sources(given, environment), **fields)
    try:
        return dict(model(**given).model_dump())
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in error.errors()
        )
        raise Invalid(f"wrong setting: {problems}") from error
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"the settings file is not TOML: {error}") from error


def _sources(given: Mapping[str, Any], environment: Mapping[str, str] | None) -> Any:
    """Where pydantic-settings looks, and in which order."""
    from pydantic_settings import (
        BaseSettings,
        EnvSettingsSource,
        PydanticBaseSettingsSource,
        SettingsConfigDict,
        TomlConfigSettingsSource,
    )

    class Environment(EnvSettingsSource):
        def _load_env_vars(self) -> Mapping[str, str | None]:
            if environment is None:
                return super()._load_env_vars()
            return {name.lower(): value for name, value in environment.items() if value}

    class Sources(BaseSettings):
        model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", env_ignore_empty=True)

        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            *_: PydanticBaseSettingsSource,
            **__: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            surroundings = Environment(settings_cls)
            file = given.get("config") or surroundings().get("config")
            if not file:
                return init_settings, surroundings
            if not os.path.isfile(file):
                raise Invalid(f"there is no settings file {file}")
            return init_settings, surroundings, TomlConfigSettingsSource(settings_cls, file)

    return Sources


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value
