"""Redaction: declared secrets never get through, and what looks like one hardly does."""

import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from wlcron.core.redaction import HIDDEN, redact

WORDS = [
    *("the", "exit", "code", "137", "job", "failed:", "12", "of", "30", "retry=3", "key=value"),
    *("author", "authority", "author=me", "tokens:", "tokenizer", "token", "secret", "secretary"),
    *("passed", "pass:", "passengers=40", "compass", "bypass", "basic", "authentication", "bearer"),
    *(
        "(using password: YES)",
        "PWD=/srv/app",
        "https://example.com/a?page=2#top",
        "http://h:8080/",
    ),
    *("ssh://git@github.com/me", "user@host", "/var/lib/app", "12:00:00Z", "it's", '"fine"', "…"),
]
PIECES = [
    *("password", "token", "=", ":", '"', "'", "\\", " ", "\n", ",", "@", "://", "bearer ", "auth"),
    *("-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", " …", HIDDEN, "[redac", "ted]"),
    *("--", "eyJ", ".", "Authorization: ", "Basic ", "cookie:", "api_key", "&sig=", "aB3" * 9),
]
nasty = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=20).map("".join)
secrets = (st.text(min_size=6) | nasty).filter(lambda secret: len(secret) >= 6)


@given(nasty, nasty, secrets, st.sets(secrets, max_size=3))
@example("", "abcde", "]abcde", {"x redacted y"})
@example("abcdef", "ghijkl", "abcdefgh", {"ghijkl"})
def test_a_declared_secret_never_gets_through(
    before: str, after: str, secret: str, others: set[str]
) -> None:
    """Wherever it stands in a text, and whatever else is secret."""
    assume(secret not in HIDDEN)
    assert secret not in redact(f"{before}{secret}{after}", [secret, *others])


@given(nasty, st.sets(secrets, max_size=3))
@example("token: ab cdefgh", {"b cdefgh"})
@example("password=" + "x" * 600, set())
@example("it was redacted", {"redacted"})
def test_what_is_redacted_already_stays_as_it_is(text: str, declared: set[str]) -> None:
    """Twice is as good as once."""
    once = redact(text, declared)
    assert redact(once, declared) == once


@given(st.lists(st.sampled_from(WORDS), max_size=60), st.sampled_from([" ", "\n", "  "]))
def test_ordinary_prose_is_left_alone(words: list[str], between: str) -> None:
    """Names that only begin like a secret's are none."""
    text = between.join(words)
    assert redact(text) == text


@given(st.text(alphabet=" \nabcdefghijklmnopqrstuvwxyz,.;()"))
def test_a_text_without_names_and_signs_is_left_alone(text: str) -> None:
    """Words of lower case are words."""
    assert redact(text) == text


@pytest.mark.parametrize("short", ["", "a", "12345", "a\nb\n"])
def test_short_secrets_are_not_looked_for(short: str) -> None:
    """They would hide ordinary words."""
    text = f"a text with {short} in it"
    assert redact(text, [short]) == text


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        (" hunter22\n", "given hunter22, refused"),
        ("first-line\nsecond-line\n", "a\n  second-line\nb"),
        ('hun"ter\\22', r'{"value": "hun\"ter\\22"}'),
        ("hun/ter@22", "https://db/?x=hun%2Fter%4022"),
        ("hun ter/22", "https://db/?x=hun%20ter/22"),
        ("hunter\udcff22", "no text: hunter\udcff22"),
    ],
)
def test_a_secret_is_found_as_others_write_it(secret: str, text: str) -> None:
    """Stripped, line by line, within JSON, and within a URL."""
    hidden = redact(text, [secret])
    assert HIDDEN in hidden
    assert not any(part in hidden for part in ("hun", "ter", "22", "second"))


@pytest.mark.parametrize("kept", range(6, 20))
def test_a_secret_that_was_cut_is_found_by_its_beginning(kept: int) -> None:
    """Summaries and long lines are cut before they are redacted."""
    secret = "correct-horse-battery"[:20]
    text = f"one …\nit said {secret[:kept]} …\nand {secret[1:kept]} …"
    assert redact(text, [secret]) == f"one …\nit said {HIDDEN} …\nand {secret[1:kept]} …"
    cut = f"correct correct-h{secret[:kept]} …"
    assert redact(cut, [secret]) == f"correct correct-h{HIDDEN} …"


def test_secrets_that_overlap_are_hidden_together() -> None:
    """Hiding one of them does not leave half of the other."""
    assert redact("<abcdefghijkl>", ["abcdefgh", "ghijkl"]) == f"<{HIDDEN}>"
    assert redact("<abcdefghijkl>", ["abcdef", "ghijkl"]) == f"<{HIDDEN}>"
    assert redact("<abcdefghijkl>", ["abcdefghijkl", "cdefgh"]) == f"<{HIDDEN}>"
    assert redact("abababababc", ["ababab"]) == f"{HIDDEN}c"


TOKENS = [
    "AKIAIOSFODNN7EXAMPLE",
    "ASIAIOSFODNN7EXAMPLE",
    f"ghp_{'aB3' * 12}",
    f"github_pat_{'aB3_' * 12}",
    f"glpat-{'aB3-' * 5}",
    f"xoxb-{'123-' * 5}abc",
    f"xapp-1-{'A12' * 5}",
    f"sk-proj-{'aB3-' * 8}",
    f"sk_live_{'aB3' * 8}",
    f"whsec_{'aB3' * 8}",
    f"AIza{'aB3' * 12}",
    f"npm_{'aB3' * 12}",
    f"pypi-{'aB3' * 12}",
    f"hvs.{'aB3' * 12}",
    f"SG.{'aB3' * 8}.{'aB3' * 12}",
    f"AGE-SECRET-KEY-1{'QPZR' * 14}",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w",
]


@pytest.mark.parametrize("token", TOKENS)
def test_tokens_are_known_by_their_form(token: str) -> None:
    """Of AWS, GitHub, GitLab, Slack, OpenAI, Stripe, Google, npm, PyPI, Vault, …."""
    assert redact(f"it used {token}, and failed") == f"it used {HIDDEN}, and failed"
    assert redact(f"'{token}'") == f"'{HIDDEN}'"


# What stands between the two marks has to go, what is around them has to stay.
SHOWN = [
    "Authorization: Bearer <<abc>>",
    "Authorization: Basic <<dXNlcjpwdw==>>",
    "Authorization: ApiKey <<xyz12345>>",
    "authorization=<<a-key-of-its-own>>",
    "Authorization: <<GenieKey abc-def>>",
    "Authorization: <<one two>> three four",
    '"Authorization": "Bearer <<abc>>", "Accept": "*/*"',
    "curl -H 'Authorization: token <<abc>>' https://example.com",
    "got Bearer <<abcDEF123._~+/->> from it",
    "Set-Cookie: <<sid=31d4d96e407aad42; Path=/>>\nnext",
    "postgres://user:<<pw>>@host/db",
    "postgres://user:<<p@ss/w:rd>>@host/db",
    "amqp://:<<pw>>@host",
    "mongodb://u:<<pw@a,mongodb://u:pw>>@b/db",
    "https://<<0123456789abcdef0123456789abcdef>>@sentry.io/1",
    "redis://user:<<pass>> …",
    "https://hooks.slack.com/<<services/T000/B000/xyz>>",
    "https://x.webhook.office.com/<<webhookb2/a@b/IncomingWebhook/c>>",
    "https://discord.com/api/webhooks/<<123/abc>>",
    "https://api.telegram.org/bot<<123:abc>>/sendMessage",
    "https://hc-ping.com/<<0123-4567/backup/start>>",
    "https://cronitor.link/p/<<0123abcd>>/backup?state=run",
    "+ curl -fsS -u bob:<<hunter2>> https://example.com",
    "+ curl --user 'bob:<<hunter2>>' https://example.com",
    "+ sshpass -p <<hunter2>> ssh host",
    "+ mysqldump -uroot -p<<hunter2>> db",
    "CREATE USER me IDENTIFIED BY '<<two words>>';",
    "ALTER ROLE me WITH PASSWORD '<<hunter2>>'",
    "password=<<abc>>",
    "password: <<hunter2>>",
    "PGPASSWORD=<<hunter2>> psql",
    "password1 := <<hunter2>>",
    "passphrase -> <<hunter2>>",
    "password=<<a,b>> user=x",
    "password=<<$PASSWORD>>",
    "password=<<no-way>>",
    'password = "<<two words>>", user = "x"',
    'password="<<not closed>>\nnext line',
    '"password": "<<ab\\"cd>>", "user": "x"',
    "{'password': '<<hunter2>>', 'user': 'x'}",
    '{\\"password\\":\\"<<hunter2>>\\",\\"user\\":1}',
    "password=b'<<hunter2>>'",
    "passwords: ['<<hunter2>>']",
    "[:password=>'<<hunter2>>']",
    "$_ENV['TOKEN'] = '<<abc>>'",
    "<password><<hunter2</password>>>",
    "Server=db;Uid=sa;Pwd=<<hunter2>>;Encrypt=yes",
    "DB_PWD=<<hunter2>>",
    "db_pass: <<hunter2>>",
    "user=me pass=<<hunter2>>",
    '"api_key": "<<abc>>"',
    "X-Api-Key: <<abc>>",
    "API key: <<abc>>",
    "aws_secret_access_key = <<wJalrXUtnFEMI/K7MDENG>>",
    '"SecretAccessKey": "<<wJalrXUtnFEMI>>"',
    "AccountKey=<<abc==>>;EndpointSuffix=x",
    "clientSecret: <<abc>>",
    "accessToken=<<abc>>&page=2",
    "tokenValue=<<abc>>",
    '{"auth": "<<dXNlcjpwdw==>>"}',
    "//registry.npmjs.org/:_authToken=<<abc>>",
    "X-Amz-Signature=<<0123456789abcdef>>&x=1",
    "?sv=1&sig=<<aB3%2Faaaaaaaaaaaaa>>&x=1",
    "mysql --password <<hunter2>> --host db",
    "tool --db-token=<<abc>> run",
    "tool --api-key '<<a b>>' run",
    "-----BEGIN RSA PRIVATE KEY-----<<\nMIIE\nab+/=\n>>-----END RSA PRIVATE KEY-----\nnext",
    '"-----BEGIN PRIVATE KEY-----<<\\nMIIE\\n>>-----END PRIVATE KEY-----\\n"',
    "a\n-----BEGIN OPENSSH PRIVATE KEY-----<<\nb3Bl\nbnNz>>\nand went on",
    "<<MIIE\nab+/=\n>>-----END EC PRIVATE KEY-----\nnext",
]


@pytest.mark.parametrize("shown", SHOWN)
def test_what_is_named_a_secret_is_hidden(shown: str) -> None:
    """In headers, URLs, settings, code, flags and keys; what is around it stays."""
    text = re.sub(r"<<(?=.)|(?<=.)>>(?!>)", "", shown, flags=re.DOTALL)
    left, _, rest = shown.partition("<<")
    right = rest.rpartition(">>")[2]
    assert redact(text) == f"{left}{HIDDEN}{right}"


@pytest.mark.parametrize(
    "text",
    [
        "exit code 137",
        "author=me, AUTHOR=jane, co-author: Bob Miller",
        "tokens: 12 processed; TOKENS=4096; tokenizer: bert-base-uncased",
        "basic authentication required; Bearer authentication failed; Basic functionality",
        "tests passed: 1200, pass: 1200, fail: 3333",
        "auth: failed for user bob",
        "bypass=always compass: north passengers=1000 secretary: Smith",
        "Access denied for user 'root'@'localhost' (using password: YES)",
        'password: "", password=None, token=false',
        "the following arguments are required: --password",
        "--token requires a value",
        "SyntaxError: Unexpected token: }",
        "PWD=/srv/app OLDPWD=/srv",
        "docker run -u 1000:1000 me/curl; mysql -h db -P 3306 --port 3306; mysql -p",
        "http://host:8080/a@b https://example.com/x?y=z ssh://git@github.com/x http://host:8080 …",
        "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
        "primary key: id; key=value; keyboard: us-intl",
    ],
)
def test_what_says_what_is_wrong_stays(text: str) -> None:
    """An alert that hides everything helps nobody."""
    assert redact(text) == text


@pytest.mark.parametrize(
    "unit",
    [
        *("a", '"', "=", " ", "\\", "\n", "-", "password", "password=", 'password="', "token-"),
        *("eyJaaaaaaaa-", "-----BEGIN PRIVATE KEY-----A", "-----END", "://b:", "--token-", "auth-"),
        *("Authorization: a", "Authorization: key", "Authorization: --token "),
        *(
            "curl ",
            "curl -u a:",
            "mysql ",
            "mysql -pa",
            "sshpass -p",
            "password 'a",
            "identified by",
        ),
        *("bearer a", "basic a.", "hunter2", "hunter …", " …", "[redacted", 'cookie:"', "api_key "),
    ],
)
def test_nasty_texts_are_read_to_their_end(unit: str) -> None:
    """Each takes seconds at most, where an expression that goes back and forth takes hours."""
    text = (unit * 200_000)[:200_000]
    assert len(redact(text, ["hunter2 hunter2", "a" * 40])) <= 2 * len(text)
