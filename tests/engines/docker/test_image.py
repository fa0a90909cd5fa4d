"""Names of images."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples import make_definition
from wlcron.core.cron import Container
from wlcron.engines.docker.image import Reference, parse_reference
from wlcron.engines.docker.verdict import judge

NO_IMAGES = [
    "",
    "Perl",
    "perl:",
    "perl: 5",
    "a b",
    "-a",
    "a//b",
    "a/",
    "/a",
    "a:b:c",
    "perl@x",
    "é",
]
DIGEST = "sha256:" + "0" * 64


@pytest.mark.parametrize(
    ("text", "registry", "repository", "version"),
    [
        ("perl", "docker.io", "library/perl", "latest"),
        ("perl:5.40", "docker.io", "library/perl", "5.40"),
        ("team/app", "docker.io", "team/app", "latest"),
        ("docker.io/perl", "docker.io", "library/perl", "latest"),
        ("index.docker.io/team/app:1", "docker.io", "team/app", "1"),
        ("ghcr.io/team/app:v1.2-rc_3", "ghcr.io", "team/app", "v1.2-rc_3"),
        ("localhost/app", "localhost", "app", "latest"),
        ("localhost:5000/a/b/c:1", "localhost:5000", "a/b/c", "1"),
        (f"perl@{DIGEST}", "docker.io", "library/perl", DIGEST),
        (f"ghcr.io/team/app:1@{DIGEST}", "ghcr.io", "team/app", DIGEST),
    ],
)
def test_a_name_stands_for_what_docker_makes_of_it(
    text: str, registry: str, repository: str, version: str
) -> None:
    """Registry, repository, and a tag or digest."""
    assert parse_reference(text) == Reference(registry, repository, version)


@pytest.mark.parametrize(
    "text",
    ["", "Perl", "perl:", "perl: 5", "a b", "-a", "a//b", "a/", "/a", "a:b:c", "a@x", "é"],
)
def test_what_no_image_can_be_called_is_none(text: str) -> None:
    """Refused when the cron is created, not when it is due."""
    assert parse_reference(text) is None
    definition = make_definition(description=Container(image=text))
    assert len(judge(definition).refusals) == 1


@given(st.text(max_size=300))
def test_any_text_is_an_image_or_none(text: str) -> None:
    """Nothing that is sent causes more than an answer."""
    reference = parse_reference(text)
    assert reference is None or reference.name.startswith(reference.registry)


def test_an_image_is_needed() -> None:
    """The host engine does without; this one cannot."""
    [refusal] = judge(make_definition()).refusals
    assert "description.image is missing" in refusal


def test_limits_below_dockers_least_are_refused() -> None:
    """The daemon would refuse each execution."""
    container = Container(image="perl", memory=6 * 2**20 - 1, cpu=0.009)
    assert len(judge(make_definition(description=container)).refusals) == 2
    container = Container(image="perl", memory=6 * 2**20, cpu=0.01)
    assert judge(make_definition(description=container)).refusals == ()
