"""What a table of the configuration says about email."""

import subprocess
import sys
from pathlib import Path

import pytest

from wlcron.channels.email import email_channel
from wlcron.channels.email.server import Tls, read_addresses, read_server
from wlcron.errors import ConfigurationError
from wlcron.given import Given

LEAST = {"to": "ops@example.com", "from": "wl@example.com", "smtp": "smtp.example.com"}


def given(**more: object) -> Given:
    """Return a table with what is needed at least, and more."""
    return Given("channels.mail", LEAST | {key.replace("_", "-"): more[key] for key in more})


def test_the_least_is_enough() -> None:
    """Three keys make a channel."""
    channel = email_channel("mail", given())
    assert (channel.name, channel.kind) == ("mail", "email")


@pytest.mark.parametrize(
    ("smtp", "tls", "expected"),
    [
        ("smtp.example.com", None, ("smtp.example.com", 587, Tls.STARTTLS)),
        ("smtp.example.com", "implicit", ("smtp.example.com", 465, Tls.IMPLICIT)),
        ("smtp.example.com", "none", ("smtp.example.com", 25, Tls.NONE)),
        ("smtp.example.com:2525", None, ("smtp.example.com", 2525, Tls.STARTTLS)),
        ("localhost", None, ("localhost", 25, Tls.NONE)),
        ("127.0.0.1:1025", None, ("127.0.0.1", 1025, Tls.NONE)),
        ("127.0.0.1", "starttls", ("127.0.0.1", 587, Tls.STARTTLS)),
        ("[::1]:1025", None, ("::1", 1025, Tls.NONE)),
        ("10.0.0.1", None, ("10.0.0.1", 587, Tls.STARTTLS)),
    ],
)
def test_only_this_machine_is_spoken_to_in_the_clear_unasked(
    smtp: str, tls: str | None, expected: tuple[str, int, Tls]
) -> None:
    """The port follows from how the way is kept private."""
    server = read_server(given(smtp=smtp, **({"tls": tls} if tls else {})))
    assert (server.host, server.port, server.tls) == expected


def test_one_address_or_a_list_with_names_or_without() -> None:
    """Each is written to once."""
    to = ["ops@example.com", '"Grace, Rear Admiral" <grace@example.org>', "<ops@example.com>"]
    recipients = read_addresses(given(to=to)).recipients
    assert [each.addr_spec for each in recipients] == ["ops@example.com", "grace@example.org"]
    assert recipients[1].display_name == "Grace, Rear Admiral"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ops",
        "ops@",
        "@example.com",
        "ops@example.com, grace@example.com",
        "ops@example.com\r\nBcc: evil@example.com",
        "a\nb <ops@example.com>",
        "=?utf-8?q?x?= <ops@example.com>",
        "ops@exa mple.com",
        "ops@example..com",
        "öps@example.com",
        "ops@éxample.com",
        "<ops@example.com> SIZE=1",
        f"{'a' * 300}@example.com",
    ],
)
@pytest.mark.parametrize("key", ["to", "from"])
def test_what_is_no_address_is_refused(key: str, address: str) -> None:
    """Now, and not when the first alert cannot be sent."""
    with pytest.raises(ConfigurationError, match=rf"^channels\.mail: {key} must be"):
        email_channel("mail", given(**{key: address}))


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"to": []}, "to is missing: name an address"),
        ({"smtp": "smtp://mail.example.com"}, "smtp must be HOST or HOST:PORT"),
        ({"smtp": "mail.example.com:0"}, "smtp must be HOST or HOST:PORT"),
        ({"smtp": "mail.example.com:99999"}, "smtp must be HOST or HOST:PORT"),
        ({"smtp": "mail\r\nx"}, "smtp must be HOST or HOST:PORT"),
        ({"tls": "ssl"}, "tls must be one of starttls, implicit, none"),
        ({"user": "wl"}, "password is missing: user is of no use alone"),
        ({"password": "x"}, "user is missing: password is of no use alone"),
        ({"ca_file": "/nowhere.pem"}, "ca-file names /nowhere.pem, which cannot be read"),
        ({"ca_file": "a\0b"}, "it is no path"),
        ({"ca-fiel": "x"}, 'ca-fiel is unknown; did you mean "ca-file"'),
    ],
)
def test_each_mistake_is_one_sentence(more: dict[str, object], says: str) -> None:
    """It names table and key."""
    with pytest.raises(ConfigurationError) as raised:
        email_channel("mail", given(**more))
    assert str(raised.value).startswith(f"channels.mail: {says}") or says in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_without_certificates_is_refused(tmp_path: Path) -> None:
    """It would be found out with the first alert else."""
    file = tmp_path / "ca.pem"
    file.write_text("no certificate")
    with pytest.raises(ConfigurationError, match="holds no certificates in PEM"):
        email_channel("mail", given(ca_file=str(file)))


@pytest.mark.parametrize(
    ("package", "module", "factory", "table"),
    [
        ("aiosmtplib", "email", "email_channel", LEAST),
        ("apprise", "apprise_urls", "apprise_channel", {"url": "json://localhost"}),
    ],
)
def test_a_library_that_is_missing_is_named(
    package: str, module: str, factory: str, table: dict[str, str]
) -> None:
    """The sentence says how to get it; without such a channel nothing of it is needed."""
    program = (
        f"import sys; sys.modules[{package!r}] = None\n"
        f"from wlcron.channels.{module} import {factory} as made\n"
        "from wlcron.given import Given\nfrom wlcron.errors import ConfigurationError\n"
        f"try:\n    made('x', Given('channels.x', {table}))\n"
        "except ConfigurationError as error:\n    print(error)\n"
    )
    ran = subprocess.run(  # noqa: S603 -- our own interpreter
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert ran.stderr == ""
    assert f"channels.x needs the Python package {package}: install wlcron[alerts]" in ran.stdout
