"""wl.toml, with the tables of channels and monitors, and the environment."""

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fuzz.rules import is_one_line
from tests.fuzz.targets import Target, words
from wlcron.app.alerts import check_alerts
from wlcron.cli.access import find_access
from wlcron.cli.output import printable
from wlcron.config import load
from wlcron.errors import ConfigurationError

_SCRATCH = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 -- scratch


def check_file(data: bytes) -> None:
    """Read a configuration file as the server does, and as a client does."""
    with TemporaryDirectory(dir=_SCRATCH) as folder:
        path = Path(folder) / "wl.toml"
        path.write_bytes(data)
        try:
            check_alerts(load({}, {}, path).alerts)
        except ConfigurationError as error:
            is_one_line(printable(str(error)))
        try:
            find_access({"HOME": folder, "WL_DATA_DIR": folder}, config=str(path))
        except ConfigurationError as error:
            is_one_line(printable(str(error)))


def check_environment(data: bytes) -> None:
    """Read variables, one a line."""
    lines = data.decode(errors="surrogateescape").replace("\0", "").split("\n")
    pairs = (line.partition("=") for line in lines)
    environ = {name: value for name, _, value in pairs if name}
    for read in (lambda: load({}, environ, None), lambda: find_access(environ)):
        try:
            read()
        except ConfigurationError as error:
            is_one_line(printable(str(error)))


_FILE = b"""\
data-dir = "/tmp/x"
listen = "127.0.0.1:8067"
engine = "host"
default-timeout = "1h"
keep = 1000
log-limit = "10M"
token = "0123456789abcdef0123456789abcdef"

[channels.team-slack]
type = "slack"
url = "https://hooks.slack.com/services/T0/B0/x"
severity = ["warning", "error"]
labels = {team = "payments"}

[channels."on call"]
type = "pagerduty"
routing-key = "0123456789abcdef0123456789abcdef"
severity = "critical"

[channels.mail]
type = "email"
smtp = "smtp.example.com:587"
from = "wl@example.com"
to = ["ops@example.com"]
user = "wl"
password = "sesame"

[channels.hook]
type = "webhook"
url = "https://example.com/hook"
secret = "sesame-open-yourself"

[monitors.cronitor]
api-key = "sesame"

[monitors.healthchecks]
ping-key = "sesame"

[maintenance.night]
schedule = "cron(0 2 * * ? *)"
timezone = "Europe/Berlin"
duration = "2h"

[alerts]
remind-every = "1d"
flood = 20
link = "https://example.com/{cron}/{execution}"

[aws]
trigger = "clock"
subnets = ["a", "b"]
ecs-reads-per-minute = 60
"""
_WORDS = words(
    "type url secret routing-key severity labels cron schedule duration timezone key-file"
    " https:// http:// @ : [::1] 127.0.0.1 0x10 1e9 inf nan true 9223372036854775808 = [ ] { } ' #"
)
CONFIGURATION = Target(
    "configuration",
    check_file,
    [_FILE, *(part for part in _FILE.split(b"\n\n"))],
    (*_WORDS, b'"""', b"\n", b'"', b"9" * 5000, b"a = " + b"[" * 3000, b'[a."b\\nc"]\n'),
)
ENVIRONMENT = Target(
    "environment",
    check_environment,
    [
        b"WL_LISTEN=127.0.0.1:8067\nWL_ENGINE=host\nWL_KEEP=10\nWL_TOKEN=0123456789abcdef01234567",
        b'WL_CHANNELS={"a":{"type":"slack","url":"https://example.com"}}\nWL_ALERTS_LINK=https://x',
        b"WL_URL=http://127.0.0.1:1/x\nHOME=/nonexistent\nWL_DATA_DIR=/nonexistent",
        b"WL_AWS_SUBNETS=a,b\nWL_AWS_PATIENCE=2m\nWL_LOG_LIMIT=1G\nWL_DEFAULT_TIMEOUT=1h",
    ],
    words("WL_ WL_TOKEN_FILE= WL_LISTEN= WL_KEEP= = { } [a] ~nobody/x ~ 65536 ٣ ² : 1d never"),
)
