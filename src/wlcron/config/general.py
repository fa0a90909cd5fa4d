"""The options of every server."""

from wlcron.config.option import Option
from wlcron.config.values import address, directory, log_size, number, one_of, token
from wlcron.cronfile import parse_duration

ENGINES = ("auto", "docker", "host", "ecs")
MOST_KEPT = 10**9
LOG_FORMATS = ("auto", "text", "json")

GENERAL = (
    Option(
        "data-dir",
        "",
        "where the database, the logs and the token are kept;"
        " empty: /var/lib/wlcron for root, else ~/.local/share/wlcron",
        directory,
        "DIR",
    ),
    Option("listen", "127.0.0.1:8067", "address of the HTTP API", address, "HOST:PORT"),
    Option(
        "engine",
        "auto",
        "what runs the jobs; auto: docker where a daemon answers at the first start,"
        " else host, and from then on the same",
        one_of(*ENGINES),
        "|".join(ENGINES),
    ),
    Option(
        "database",
        "",
        "postgresql://user@host/name (postgresql.md), or the path of an SQLite file;"
        " empty: wlcron.db in data-dir; dynamodb: AWS's",
        secret=True,  # it may hold a password
    ),
    Option("default-timeout", "1h", "timeout of crons that name none", parse_duration, "DURATION"),
    Option("keep-for", "30d", "executions older than this are forgotten", parse_duration),
    Option(
        "keep", "1000", "so many executions of each cron are kept", number(1, MOST_KEPT), "NUMBER"
    ),
    Option("log-limit", "10M", "what is kept of one execution's output", log_size, "SIZE"),
    Option(
        "log-format",
        "auto",
        "the server's own log; auto: text on a terminal, else json",
        one_of(*LOG_FORMATS),
        "|".join(LOG_FORMATS),
    ),
    Option(
        "docker-host", "", "Docker's socket; empty: DOCKER_HOST, else where Docker and Podman are"
    ),
    Option("guard-image", "busybox", "image of the guard container (needs sh, kill and sleep)"),
    Option("token", "", "the API's token; empty: kept in data-dir/token", token, secret=True),
)
