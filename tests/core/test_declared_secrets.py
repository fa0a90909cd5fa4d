"""Which variables of a cron are secrets: by their names, and within addresses."""

import pytest

from wlcron.core.redaction import HIDDEN, redact, secrets_in


@pytest.mark.parametrize(
    "name",
    [
        *("PASSWORD", "PGPASSWORD", "PASSWORD1", "DB_PASS", "DB_PWD", "SSH_PASSPHRASE", "APIKEY"),
        *("API_KEY_2", "API_TOKENS", "clientSecret", "tokenValue", "AWS_ACCESS_KEY_ID", "KEY"),
        *("SIGNING_KEY", "AUTH", "NPM_AUTH", "BASIC_AUTH", "OAUTH", "SENTRY_DSN", "SESSION_COOKIE"),
        *("GOOGLE_APPLICATION_CREDENTIALS",),
    ],
)
def test_variables_are_secret_by_their_names(name: str) -> None:
    """Their values are hidden wherever they stand."""
    assert secrets_in({name: "sesame"}) == {"sesame"}


@pytest.mark.parametrize(
    "name",
    [
        *("HOME", "AUTHOR", "AUTHORITY", "SECRETARY", "TOKENIZER", "PASSENGERS", "COMPASS"),
        *("MONKEY", "KEYBOARD", "PWD", "OLDPWD", "PASSWORD_FILE", "SSH_AUTH_SOCK", "AUTH_TYPE"),
        *("TOKEN_TTL",),
    ],
)
def test_variables_of_other_names_are_not(name: str) -> None:
    """Nor are places and kinds of secrets: a message that hides them explains nothing."""
    assert secrets_in({name: "sesame"}) == frozenset()


def test_the_password_of_an_address_is_a_secret_of_its_own() -> None:
    """Programs say it without the address, too, and as it was before it was escaped."""
    env = {"DATABASE_URL": "postgres://u:hunter%4022@h/db", "SITE": "https://example.com:8080/"}
    assert secrets_in(env) == {"hunter%4022", "hunter@22"}
    assert redact("login with hunter@22 failed", secrets_in(env)) == f"login with {HIDDEN} failed"
