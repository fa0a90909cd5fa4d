"""Where files are looked for when nobody says where."""

from wlcron.paths import configuration_candidates, default_data_dir


def test_root_has_the_machines_own_data_directory() -> None:
    """Wherever its home is."""
    assert default_data_dir({"HOME": "/root", "XDG_DATA_HOME": "/x"}, 0) == "/var/lib/wlcron"


def test_others_have_theirs_below_home() -> None:
    """Or where the XDG base directory specification says; a relative path there is ignored."""
    assert default_data_dir({"HOME": "/h"}, 7) == "/h/.local/share/wlcron"
    assert default_data_dir({"HOME": "/h", "XDG_DATA_HOME": "/x"}, 7) == "/x/wlcron"
    assert default_data_dir({"HOME": "/h", "XDG_DATA_HOME": "x"}, 7) == "/h/.local/share/wlcron"


def test_the_configuration_here_comes_before_the_users() -> None:
    """A checkout may have its own."""
    assert configuration_candidates({"HOME": "/h"}) == ("wl.toml", "/h/.config/wlcron/wl.toml")
