"""Where wl looks for its files on this machine. Imports nothing that costs start-up time."""

import os
from collections.abc import Mapping

SYSTEM_DATA_DIRECTORY = "/var/lib/wlcron"
CONFIGURATION_FILE = "wl.toml"
TOKEN_FILE = "token"  # noqa: S105 - the name of the file in the data directory, not a secret


def default_data_dir(
    environment: Mapping[str, str] = os.environ, user_id: int | None = None
) -> str:
    """Return the data directory of a user who named none: root has the machine's own."""
    if (os.getuid() if user_id is None else user_id) == 0:
        return SYSTEM_DATA_DIRECTORY
    return f"{_base(environment, 'XDG_DATA_HOME', '.local/share')}/wlcron"


def configuration_candidates(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the files that may hold the configuration; the first that exists is the one."""
    user = _base(environment, "XDG_CONFIG_HOME", ".config")
    return (CONFIGURATION_FILE, f"{user}/wlcron/{CONFIGURATION_FILE}")


def _base(environment: Mapping[str, str], variable: str, below_home: str) -> str:
    # The XDG base directory specification: a value that is not absolute is ignored.
    chosen = environment.get(variable, "")
    return chosen if chosen.startswith("/") else f"{environment.get('HOME', '')}/{below_home}"
