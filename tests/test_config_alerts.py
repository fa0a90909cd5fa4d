"""Channels, monitors, maintenance and `[alerts]`: where they may stand, and what is refused."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wlcron.config import load
from wlcron.config.alerts import AlertSettings
from wlcron.core.cron import Severity
from wlcron.core.silence import Scope
from wlcron.errors import ConfigurationError

SESAME = "sesame-open-yourself"
WL_TOML = f"""
[channels.team-slack]
type = "slack"
url = "{SESAME}"
severity = ["warning", "error"]
labels = {{team = "payments"}}

[channels."on call"]
type = "pagerduty"
routing-key-file = "/run/secrets/key"
severity = "critical"
cron = "backup"

[channels.all]
type = "webhook"
url = "https://example.com/"

[monitors.cronitor]
api-key = "{SESAME}"

[maintenance.night]
schedule = "cron(0 2 * * ? *)"
timezone = "Europe/Berlin"
duration = "1h30m"
labels = {{tier = "2"}}

[alerts]
remind-every = "2d"
flood = 5
link = "https://example.com/{{cron}}"
source = "batch-1"
"""


def alerts(text: str = "", tmp_path: Path | None = None, **environ: str) -> AlertSettings:
    """Return the settings that a wl.toml and an environment make."""
    if tmp_path is None:
        return load({}, environ, None).alerts
    config = tmp_path / "wl.toml"
    config.write_text(text)
    return load({}, environ, config).alerts


def refusal(text: str, tmp_path: Path, **environ: str) -> str:
    """Return the sentence with which a configuration is refused; it shows no secret."""
    with pytest.raises(ConfigurationError) as caught:
        alerts(text, tmp_path, **environ)
    said = str(caught.value)
    assert SESAME not in said
    assert said.isprintable()
    return said


def test_without_configuration_nobody_is_told() -> None:
    """What is open is told again each day, and twenty incidents within a minute are no flood."""
    settings = alerts()
    assert settings == AlertSettings()
    assert settings.routing.routes == ()
    assert (settings.remind_every, settings.flood) == (timedelta(days=1), 20)


def test_channels_are_tables_of_their_names(tmp_path: Path) -> None:
    """What leads there is read here; the adapter is given the rest, in the file's order."""
    slack, pagerduty, webhook = alerts(WL_TOML, tmp_path).channels
    assert (slack.name, slack.kind, slack.given) == ("team-slack", "slack", {"url": SESAME})
    assert slack.route.severities == {Severity.WARNING, Severity.ERROR}
    assert slack.route.scope == Scope(labels={"team": "payments"})
    assert (pagerduty.name, pagerduty.kind) == ("on call", "pagerduty")
    assert pagerduty.given == {"routing-key-file": "/run/secrets/key"}
    assert pagerduty.route.severities == {Severity.CRITICAL}
    assert pagerduty.route.scope == Scope(cron="backup")
    assert webhook.route.severities == set(Severity)
    assert webhook.route.scope == Scope()


def test_the_routing_has_all_channels(tmp_path: Path) -> None:
    """Under their names, in the file's order."""
    routes = alerts(WL_TOML, tmp_path).routing.routes
    assert [route.channel for route in routes] == ["team-slack", "on call", "all"]


def test_monitors_maintenance_and_what_holds_for_all(tmp_path: Path) -> None:
    """A window is in its zone's time."""
    settings = alerts(WL_TOML, tmp_path)
    assert settings.monitors == {"cronitor": {"api-key": SESAME}}
    (window,) = settings.windows
    assert (window.name, window.scope) == ("night", Scope(labels={"tier": "2"}))
    assert window.end(datetime(2026, 11, 23, 1, tzinfo=UTC)) == datetime(
        2026, 11, 23, 2, 30, tzinfo=UTC
    )
    assert settings.remind_every == timedelta(days=2)
    assert (settings.flood, settings.source) == (5, "batch-1")
    assert settings.link == "https://example.com/{cron}"


def test_a_window_is_in_utc_unless_it_says_otherwise(tmp_path: Path) -> None:
    """As schedules are."""
    text = '[maintenance.night]\nschedule = "0 2 * * *"\nduration = "600"\n'
    (window,) = alerts(text, tmp_path).windows
    two = datetime(2026, 11, 23, 2, tzinfo=UTC)
    assert window.end(two) == two + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("schedule", "duration"),
    [("at(2026-11-23T12:00:00)", "366d"), ("@daily", "23h59m"), ("0 8-18 * * *", "2h")],
)
def test_a_window_may_be_as_long_as_it_leaves_a_time_to_be_told(
    tmp_path: Path, schedule: str, duration: str
) -> None:
    """Also where its times run into one another for some hours of a day."""
    text = f'[maintenance.night]\nschedule = "{schedule}"\nduration = "{duration}"\n'
    assert alerts(text, tmp_path).windows


def test_tables_may_be_in_the_environment_as_toml_or_json(tmp_path: Path) -> None:
    """They take the place of the file's, name and all."""
    toml = f'[mail]\ntype = "email"\npassword = "{SESAME}"\n'
    as_json = json.dumps({"mail": {"type": "email", "password": SESAME}})
    for value in (toml, as_json, f"\n {as_json}\n"):
        (mail,) = alerts(WL_TOML, tmp_path, WL_CHANNELS=value).channels
        assert (mail.name, mail.kind, mail.given) == ("mail", "email", {"password": SESAME})
    assert alerts(WL_MONITORS='{"healthchecks": {}}').monitors == {"healthchecks": {}}
    assert alerts(WL_MAINTENANCE='n = {schedule = "@daily", duration = "1h"}').windows


@pytest.mark.parametrize("option", ["CHANNELS", "MONITORS", "MAINTENANCE"])
def test_tables_may_be_in_files_of_their_own(tmp_path: Path, option: str) -> None:
    """Mounted as a secret, for example."""
    file = tmp_path / "mounted"
    file.write_text("")
    said = refusal("", tmp_path, **{f"WL_{option}_FILE": str(file)})
    assert said == f"WL_{option}_FILE names {file}, which is empty"
    file.write_text("# none yet\n")
    assert alerts("", tmp_path, **{f"WL_{option}_FILE": str(file)}) == AlertSettings()
    file.write_text(f"x = {SESAME}")
    said = refusal("", tmp_path, **{f"WL_{option}_FILE": str(file)})
    assert f"{option.lower()} ({file}): its value is neither TOML nor JSON (at line 1" in said
    file.unlink()
    said = refusal("", tmp_path, **{f"WL_{option}_FILE": str(file)})
    assert said.startswith(f"WL_{option}_FILE names {file}, which cannot be read")


def test_reminders_may_be_left_out() -> None:
    """By a word, for 0 might mean anything."""
    assert alerts(WL_ALERTS_REMIND_EVERY="never").remind_every is None


SLACK = f'[channels.x]\ntype = "slack"\nurl = "{SESAME}"\n'
NIGHT = '[maintenance.night]\nschedule = "@daily"\nduration = "1h"\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f'[channels.x]\nurl = "{SESAME}"\n', "channels.x: type is missing"),
        (f'[channels.x]\ntype = "{SESAME}"\n', "channels.x: type must be one of slack, pagerduty,"),
        ("[channels.x]\ntype = 5\n", "channels.x: type must be a text"),
        (f'{SLACK}severity = "{SESAME}"', "channels.x: severity must hold some of info, warning,"),
        (f'{SLACK}severity = ["error", "loud"]', "channels.x: severity must hold some of info,"),
        (f"{SLACK}severity = []", "channels.x: severity must hold some of info,"),
        (f"{SLACK}severity = 5", "channels.x: severity must be a list of texts"),
        (f"{SLACK}labels = {{team = 5}}", "channels.x: labels must be a table of texts, such as"),
        (f'{SLACK}labels = "{SESAME}"', "channels.x: labels must be a table of texts, such as"),
        (f"{SLACK}cron = ['a']", "channels.x: cron must be a text"),
        ('[channels.""]\ntype = "slack"\n', 'channels: "" is no name: 1 to 63 characters'),
        ('[channels."a\\nb"]\ntype = "slack"\n', 'channels: "a?b" is no name'),
        (f'[channels.{"x" * 64}]\ntype = "slack"\n', f'channels: "{"x" * 63}" is no name'),
        (f'channels = "{SESAME}"\n', '"channels" is written as tables: [channels.NAME]'),
        (f'[[channels]]\nurl = "{SESAME}"\n', '"channels" is written as tables: [channels.NAME]'),
        (f'[channels]\nurl = "{SESAME}"\n', "its value must hold a table for each name"),
        (f'[channel.x]\nurl = "{SESAME}"\n', 'unknown key "channel"; did you mean "channels"?'),
        (
            f'[monitors.cronitr]\nkey = "{SESAME}"\n',
            "monitors: cronitr is none of cronitor, health",
        ),
        ('[monitors."a\\nb"]\n', "monitors: a?b is none of cronitor, healthchecks"),
        (f'[monitors]\ncronitor = "{SESAME}"\n', "monitors ("),
        ('[maintenance."\\u0000"]\n', 'maintenance: "?" is no name'),
        ('[maintenance.night]\nduration = "1h"\n', "maintenance.night: schedule is missing"),
        ('[maintenance.night]\nschedule = "@daily"\n', "maintenance.night: duration is missing"),
        (NIGHT.replace("@daily", "daily"), "maintenance.night: schedule is none: A schedule is"),
        (NIGHT.replace("@daily", "x\\ny"), "maintenance.night: schedule is none: A schedule is"),
        (NIGHT.replace("1h", "soon"), "maintenance.night: duration must be a duration such as"),
        (NIGHT.replace('"1h"', "5"), "maintenance.night: duration must be a text"),
        (NIGHT.replace("1h", "24h"), "maintenance.night: duration lasts until it begins again"),
        (f'{NIGHT}timezone = "CEST"', "maintenance.night: timezone is none: There is no time zone"),
        (f"{NIGHT}timezone = 1", "maintenance.night: timezone must be a text"),
        (f"{NIGHT}labels = []", "maintenance.night: labels must be a table of texts"),
        (f'{NIGHT}zone = "UTC"', "maintenance.night: zone is unknown"),
        (f'{NIGHT}label = "x"', 'maintenance.night: label is unknown; did you mean "labels"?'),
        ("[alerts]\nflod = 5\n", 'unknown key "alerts.flod"; did you mean "alerts.flood"?'),
        ("[alerts]\nflood = 0\n", "is no whole number from 1 to 10000"),
        ("[alerts]\nflood = [5]\n", '"alerts.flood" takes one value'),
        ('[alerts]\nremind-every = "daily"\n', "alerts.remind-every"),
        ("alerts = 5\n", 'unknown key "alerts"'),
    ],
)
def test_each_mistake_is_one_sentence_that_names_table_and_key(
    tmp_path: Path, text: str, says: str
) -> None:
    """What is refused is not shown: it may be a secret in the wrong place."""
    assert says in refusal(text, tmp_path)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (f"url = {SESAME}", "its value is neither TOML nor JSON (at line 1, column 7)"),
        (f'{{"url":\n "{SESAME}', "its value is neither TOML nor JSON (line 2 column 2)"),
        (f'x = "{SESAME}', "its value is neither TOML nor JSON"),
        ('{"a":' * 100_000, "its value is neither TOML nor JSON"),
        (f'x = "{SESAME}"', "its value must hold a table for each name"),
        (f'{{"x": ["{SESAME}"]}}', "its value must hold a table for each name"),
        (SESAME, "its value is neither TOML nor JSON"),
    ],
)
def test_what_is_neither_toml_nor_json_is_refused(tmp_path: Path, value: str, says: str) -> None:
    """The place of the mistake is said where it is known, and nothing of what stands there."""
    said = refusal("", tmp_path, WL_CHANNELS=value)
    assert said.startswith("channels (WL_CHANNELS): ")
    assert says in said


def said_of(environ: dict[str, str]) -> str:
    """Return the sentence with which an environment is refused, or nothing."""
    try:
        load({}, environ, None)
    except ConfigurationError as error:
        return str(error)
    return ""


@given(st.text())
def test_any_text_is_read_or_refused_in_one_sentence(text: str) -> None:
    """Nothing else is raised."""
    for variable in ("WL_CHANNELS", "WL_MONITORS", "WL_MAINTENANCE"):
        assert said_of({variable: text}).isprintable()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=5,
)
KEYS = ["type", "severity", "labels", "cron", "schedule", "duration", "timezone", "url"]
tables = st.dictionaries(
    st.text(min_size=1, max_size=9),
    st.dictionaries(
        st.sampled_from(KEYS), json_values | st.sampled_from(["slack", "1h", "@daily"])
    ),
    max_size=3,
)


@given(tables)
def test_any_tables_are_read_or_refused_in_one_sentence(values: dict[str, object]) -> None:
    """Whatever stands under the known keys."""
    for variable in ("WL_CHANNELS", "WL_MAINTENANCE"):
        assert said_of({variable: json.dumps(values)}).isprintable()


def test_settings_show_no_secrets_when_they_are_printed(tmp_path: Path) -> None:
    """A log line or a traceback may hold them."""
    assert SESAME not in repr(alerts(WL_TOML, tmp_path))
