"""Names and tags of what is made in AWS."""

from hypothesis import given
from hypothesis import strategies as st

from wlcron.aws.names import LONGEST, is_ours, resource_name, tags_of

names = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", fullmatch=True)


def test_a_name_says_whose_it_is() -> None:
    """As the documentation promises."""
    assert resource_name("default", "pi") == "wl-default-pi"


@given(names, names)
def test_names_fit_and_differ(one: str, other: str) -> None:
    """However long a cron's name is."""
    first, second = resource_name("default", one), resource_name("default", other)
    assert len(first) <= LONGEST
    assert (first == second) == (one == other)


def test_only_what_has_our_tags_is_ours() -> None:
    """Of the same instance and the same cron."""
    tags = tags_of("default", "pi")
    assert is_ours({**tags, "team": "payments"}, "default", "pi")
    assert not is_ours(tags, "other", "pi")
    assert not is_ours(tags, "default", "tau")
    assert not is_ours({}, "default", "pi")
