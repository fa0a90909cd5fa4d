"""Options: defaults < wl.toml < environment < flags."""

import sys
from datetime import timedelta
from pathlib import Path

import pytest

from wlcron.aws.settings import AwsSettings
from wlcron.cli.access import find_access
from wlcron.config import OPTIONS, Settings, load
from wlcron.errors import ConfigurationError

ROOT = Path(__file__).parent.parent


def write(path: Path, text: str) -> Path:
    """Write a configuration file and return its path."""
    config = path / "wl.toml"
    config.write_text(text)
    return config


def test_every_setting_has_one_option() -> None:
    """Nothing can be set in only one way."""
    general = [name for name in Settings.__dataclass_fields__ if name not in {"aws", "alerts"}]
    alerts = ["channels", "monitors", "maintenance"]
    alerts += [f"alerts_{name}" for name in ("remind_every", "flood", "link", "source")]
    amazon = [f"aws_{name}" for name in AwsSettings.__dataclass_fields__]
    assert [option.field for option in OPTIONS] == [*general, *alerts, *amazon]


def test_the_defaults_for_aws_are_those_of_its_settings() -> None:
    """They stand in one place."""
    assert load({}, {}, None).aws == AwsSettings()


def test_a_table_of_the_file_holds_what_belongs_together(tmp_path: Path) -> None:
    """[aws] in wl.toml, WL_AWS_… in the environment; lists where there may be several."""
    text = '[aws]\nregion = "eu-west-1"\nsubnets = ["a", "b"]\npublic-ip = true\n'
    aws = load({}, {"WL_AWS_SECURITY_GROUPS": "c, d"}, write(tmp_path, text)).aws
    assert aws.region == "eu-west-1"
    assert (aws.subnets, aws.security_groups, aws.public_ip) == (("a", "b"), ("c", "d"), True)


def test_the_defaults_are_complete() -> None:
    """A server runs without any configuration."""
    settings = load({}, {}, None)
    assert settings.listen == ("127.0.0.1", 8067)
    assert settings.keep_for == timedelta(days=30)
    assert settings.keep == 1000
    assert settings.log_limit == 10 * 1024**2


def test_flags_win_over_environment_over_file_over_defaults(tmp_path: Path) -> None:
    """The nearer source wins."""
    config = write(tmp_path, 'keep = 1\nkeep-for = "1d"\nlisten = "0.0.0.0:1"\n')
    settings = load({"keep": "3"}, {"WL_KEEP": "2", "WL_KEEP_FOR": "2d"}, config)
    assert (settings.keep, settings.keep_for, settings.listen) == (
        3,
        timedelta(days=2),
        ("0.0.0.0", 1),  # noqa: S104 -- a value, nobody listens
    )


@pytest.mark.parametrize(
    ("text", "environ", "says"),
    [
        ("[aws]\nregoin = 'x'\n", {}, 'unknown key "aws.regoin"; did you mean "aws.region"?'),
        ("[aws]\nregion = ['x']\n", {}, '"aws.region" takes one value'),
        ("[other]\nregion = 'x'\n", {}, 'unknown key "other"'),
        ("", {"WL_AWS_TRIGGER": "cron"}, "is none of clock, rules, scheduler"),
        ("", {"WL_AWS_INSTANCE": "a b"}, "is no name"),
        ("kep = 1\n", {}, 'unknown key "kep"; did you mean "keep"?'),
        ("keep = [1]\n", {}, '"keep" takes one value'),
        ("keep = \n", {}, "is not valid TOML"),
        ("keep = 0\n", {}, "is no whole number from 1 to 1000000000"),
        ("keep = true\n", {}, "is no whole number from 1"),
        (f"keep = {10**9 + 1}\n", {}, "is no whole number from 1"),
        (f"keep = '{'9' * 5000}'\n", {}, "is no whole number from 1"),
        ('log-limit = "0"\n', {}, "must be from 64K to 1T"),
        ('log-limit = "63K"\n', {}, "must be from 64K to 1T"),
        ('log-limit = "999999999999999T"\n', {}, "must be from 64K to 1T"),
        ('data-dir = "~no-such-user/x"\n', {}, "a user who has none here"),
        ('data-dir = "a\\u0000b"\n', {}, "is no path"),
        ('listen = "here"\n', {}, "write HOST:PORT"),
        ('listen = "h:70000"\n', {}, "write HOST:PORT"),
        ('engine = "podman"\n', {}, "is none of auto, docker, host"),
        ('keep-for = "soon"\n', {}, "keep-for"),
        ("", {"WL_KEP": "1"}, 'unknown variable WL_KEP; did you mean "WL_KEEP"?'),
        ("", {"WL_TOKEN_FILE": "/nowhere/token"}, "WL_TOKEN_FILE names /nowhere/token"),
    ],
)
def test_what_cannot_be_used_is_one_sentence_that_names_it(
    tmp_path: Path, text: str, environ: dict[str, str], says: str
) -> None:
    """Unknown keys are errors; the key that was meant is named."""
    with pytest.raises(ConfigurationError) as caught:
        load({}, environ, write(tmp_path, text))
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_secret_may_be_kept_in_a_file(tmp_path: Path) -> None:
    """Environments are shown by many tools; files have a mode."""
    secret = tmp_path / "token"
    secret.write_text("sesame\n")
    assert load({}, {"WL_TOKEN_FILE": str(secret)}, None).token == secret.read_text().strip()


@pytest.mark.parametrize("token", ["ab\udcff", "two words", "tökén", "a\nb", "\t", "a\0b"])
def test_what_is_no_token_is_refused_and_not_shown(token: str) -> None:
    """The command line goes by the same rule, so that both always mean the same token."""
    with pytest.raises(ConfigurationError, match="its value is no token") as caught:
        load({}, {"WL_TOKEN": token}, None)
    assert token not in str(caught.value)


def test_an_empty_secret_is_none(tmp_path: Path) -> None:
    """As for the command line: the file is asked next, and it must hold something."""
    file = tmp_path / "secret"
    file.write_text(" sqlite://\n")
    named = {"WL_DATABASE": "", "WL_DATABASE_FILE": str(file)}
    assert load({}, named, None).database == "sqlite://"
    file.write_text("\n")
    with pytest.raises(ConfigurationError, match="which is empty"):
        load({}, named, None)
    file.write_bytes(b"\xff")
    with pytest.raises(ConfigurationError, match="it is no text"):
        load({}, named, None)


def test_a_file_that_is_missing_or_no_text_is_said(tmp_path: Path) -> None:
    """The path stands in the sentence."""
    with pytest.raises(ConfigurationError, match="cannot read"):
        load({}, {}, tmp_path / "none.toml")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match="not valid TOML"):
        load({}, {}, tmp_path / "binary")


def test_the_reference_is_fresh() -> None:
    """docs/configuration.md is what `make docs` would write."""
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        from generate_configuration_reference import PAGE, page
    finally:
        sys.path.pop(0)
    assert PAGE.read_text() == page()


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 5000])
def test_a_file_that_no_parser_takes_is_said(tmp_path: Path, value: str) -> None:
    """Python's own refuses such numbers and brackets in a way of its own."""
    path = tmp_path / "wl.toml"
    path.write_text(f"keep = {value}\n")
    with pytest.raises(ConfigurationError, match="not valid TOML"):
        load({}, {}, path)
    with pytest.raises(ConfigurationError, match="is no TOML"):
        find_access({}, config=str(path))
