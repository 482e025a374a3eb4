"""Settings: one frozen object, read from arguments, environment and an optional TOML file.

``Settings()`` alone holds the defaults and costs nothing; :func:`read_settings` does the reading,
and only it imports pydantic-settings. Every field carries its description, which the reference
page and ``procession serve --help`` show. Precedence: arguments, then ``PROCESSION_*`` variables
of the environment, then the file, then the defaults. Lists are separated by commas.
"""

from procession.settings.reading import read_settings
from procession.settings.table import PREFIX, SECRETS, SettingInfo, Settings, describe

__all__ = ["PREFIX", "SECRETS", "SettingInfo", "Settings", "describe", "read_settings"]
