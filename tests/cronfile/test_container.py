"""`description`: what to run, and within which limits."""

from datetime import timedelta

import pytest

from tests.cronfile.reading import entry, mistakes, refusals
from wlcron.core.cron import DEFAULT_STOP_GRACE, Container


def read(flow: str) -> Container:
    """Read a description in braces."""
    return entry(f"schedule: rate(5 minutes)\ndescription: {flow}\n").definition.description


def refusals_of(lines: str) -> list[str]:
    """Return what is said about lines of a description, the first of which is line 4."""
    below = "\n".join(f"  {line}" for line in lines.split("\n"))
    return refusals(f"schedule: rate(5 minutes)\ndescription:\n  image: perl\n{below}\n")


@pytest.mark.parametrize(("lines", "said"), mistakes("mistakes-in-the-description.txt"))
def test_each_mistake_is_named_with_line_key_and_remedy(lines: str, said: list[str]) -> None:
    """What is no text says how to write it as text; what no engine could do is refused."""
    assert refusals_of(lines) == said


def test_description_holds_all_that_was_given() -> None:
    """Each key comes out as a value of its own."""
    assert read(
        "{image: perl, arguments: [a, ''], env: {A: b}, cpu: 0.5, memory: 256M, user: app, "
        "working-directory: /app, stop-grace: 5s}"
    ) == Container(
        image="perl",
        arguments=("a", ""),
        env={"A": "b"},
        cpu=0.5,
        memory=256 * 1024**2,
        user="app",
        working_directory="/app",
        stop_grace=timedelta(seconds=5),
    )


def test_arguments_alone_are_enough() -> None:
    """Without an image it is the host's program that runs."""
    container = read("{arguments: [date]}")
    assert container == Container(arguments=("date",))
    assert container.stop_grace == DEFAULT_STOP_GRACE


@pytest.mark.parametrize(
    ("description", "said"),
    [
        ("{}", "says nothing to run; give it an image, arguments or both"),
        ("{user: a}", "says nothing to run; give it an image, arguments or both"),
        ("", "has no value; give it one or remove it"),
        ("perl", "must be a mapping of keys and values, not text"),
    ],
)
def test_description_must_say_what_to_run(description: str, said: str) -> None:
    """An image or arguments must be there."""
    text = f"schedule: rate(5 minutes)\ndescription: {description}\n"
    assert refusals(text) == [f"2: description: {said}"]


@pytest.mark.parametrize(
    "image",
    [
        "perl",
        "perl:5.40",
        "library/perl",
        "ghcr.io/team/app:1.2-rc.1",
        "localhost:5000/a__b/c--d.e_f",
        "Registry.Example/app",
        "123456789012.dkr.ecr.eu-central-1.amazonaws.com/app",
        "[2001:db8::1]:5000/app",
        f"perl@sha256:{'0f' * 32}",
        f"perl:5@sha256:{'0f' * 32}",
    ],
)
def test_image_is_a_reference_as_docker_knows_it(image: str) -> None:
    """Registry, path, tag and digest."""
    assert read(f'{{image: "{image}"}}').image == image


@pytest.mark.parametrize(
    "image",
    [
        "",
        "Perl",
        "perl:",
        "perl:5 ",
        "perl:5:6",
        f"perl:{'5' * 129}",
        "perl@sha256:00",
        "a//b",
        "/perl",
        "-a",
        "a___b",
        "https://x/y",
        "ä",
        "perl;rm",
    ],
)
def test_what_no_registry_could_hold_is_no_image(image: str) -> None:
    """The grammar of image references is checked before anything is pulled."""
    (problem,) = refusals(f'schedule: rate(5 minutes)\ndescription: {{image: "{image}"}}\n')
    assert problem.startswith("2: description.image: ")
    assert "names no image" in problem


@pytest.mark.parametrize(
    ("item", "meant"),
    [
        ("=", "="),
        ("<<", "<<"),
        ("! 5", "5"),
        ("!!str 5", "5"),
        ("-c", "-c"),
        ("0o17", "0o17"),
        ("1e3", "1e3"),
        ("echo $(date) > /tmp/x", "echo $(date) > /tmp/x"),
        ('"\\e[0m\\n"', "\x1b[0m\n"),
        ("x" * 131071, "x" * 131071),
    ],
)
def test_arguments_that_only_look_strange_are_text(item: str, meant: str) -> None:
    """YAML 1.1 has types of its own for `=` and `<<`; a tag that asks for text is obeyed."""
    text = f"schedule: rate(5 minutes)\ndescription:\n  arguments:\n    - {item}\n"
    assert entry(text).definition.description.arguments == (meant,)


def test_longer_strings_than_linux_takes_are_refused() -> None:
    """A single argument or variable of 128 KiB makes execve fail."""
    said = "bytes; Linux starts no program with more"
    assert refusals_of(f"env: {{A: {'x' * 131069}}}") == []
    assert refusals_of(f"env: {{A: {'x' * 131070}}}") == [
        f"4: description.env.A: must have at most 131069 {said}"
    ]
    assert refusals_of(f"arguments: [{'ä' * 65536}]") == [
        f"4: description.arguments[0]: must have at most 131071 {said}"
    ]


@pytest.mark.parametrize(
    ("given", "size"),
    [
        ("6M", 6 << 20),
        ("256m", 256 << 20),
        ("1Gi", 1 << 30),
        ("6144K", 6 << 20),
        ("64T", 64 << 40),
        ("6291457", 6291457),
        ('"6291457"', 6291457),
    ],
)
def test_memory_is_a_size_or_bytes(given: str, size: int) -> None:
    """Units are powers of 1024, as Docker and ECS count."""
    assert read(f"{{image: perl, memory: {given}}}").memory == size


@pytest.mark.parametrize(
    ("given", "cores"),
    [
        ("2", 2.0),
        ("0.01", 0.01),
        (".5", 0.5),
        ("1.", 1.0),
        ("0.010000000000000002", 0.010000000000000002),  # as many digits as a program may write
    ],
)
def test_cpu_is_a_number_of_cores(given: str, cores: float) -> None:
    """Whole or not."""
    assert read(f"{{image: perl, cpu: {given}}}").cpu == cores


@pytest.mark.parametrize("user", ["app", "_x", "1000", "1000:1000", "www-data:www-data"])
def test_user_may_have_a_group(user: str) -> None:
    """A name or a number, and the same for the group."""
    assert read(f'{{image: perl, user: "{user}"}}').user == user
