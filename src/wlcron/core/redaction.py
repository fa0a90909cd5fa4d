"""Takes secrets out of texts that go to other people's machines."""

import re
from collections.abc import Iterable, Mapping

HIDDEN = "[redacted]"
_SHORTEST = 6  # characters of a declared secret; what is shorter would hide ordinary words
_NAMES = r"(?:pass(?:word|wd|phrase)?|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|auth)"
# Variables whose values are taken for secrets.
_SECRET_NAME = re.compile(rf"{_NAMES}|credential|dsn|(?:^|_)key$", re.IGNORECASE)
_TOKENS = re.compile(
    r"""
      \b(?:AKIA|ASIA)[A-Z0-9]{16}\b                              # AWS
    | \bgh[pousr]_[A-Za-z0-9]{20,}\b | \bgithub_pat_\w{20,}\b    # GitHub
    | \bglpat-[\w-]{20,}                                         # GitLab
    | \bxox[abeprs]-[\w-]{10,}                                   # Slack
    | \bsk-[A-Za-z0-9_-]{20,} | \b[rs]k_(?:live|test)_\w{16,}    # OpenAI, Stripe
    | \bAIza[\w-]{30,}                                           # Google
    | \beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*                          # JSON Web Tokens
    | https://hooks\.slack\.com/[\w/-]+                          # whoever has it may post
    | -----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY-----.*?(?:-----END[ ][A-Z ]*PRIVATE[ ]KEY-----|\Z)
    """,
    re.VERBOSE | re.DOTALL,
)
_BEARER = re.compile(r"(?i)\b((?:bearer|basic)\s+)[\w.~+/=-]{8,}")
_IN_URL = re.compile(r"(\b[a-z][a-z0-9+.-]{0,20}://[^\s:/@]{0,100}:)[^\s/@]{1,200}(?=@)")
_ASSIGNED = re.compile(
    rf"""(?ix) ( ["']? \b [\w-]{{0,40}}? {_NAMES} [\w-]{{0,20}} ["']? \s{{0,3}} [=:] \s{{0,3}} )
         (?: "[^"\n]{{1,500}}" | '[^'\n]{{1,500}}' | [^\s"',;&]{{4,500}} )"""
)


def secrets_in(env: Mapping[str, str]) -> frozenset[str]:
    """Return the values of variables whose names say that they are secret."""
    return frozenset(value for name, value in env.items() if _SECRET_NAME.search(name))


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Return a text without these secrets, and without what looks like one."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST:
            text = text.replace(secret, HIDDEN)
    text = _TOKENS.sub(HIDDEN, text)
    text = _BEARER.sub(rf"\g<1>{HIDDEN}", text)
    text = _IN_URL.sub(rf"\g<1>{HIDDEN}", text)
    return _ASSIGNED.sub(rf"\g<1>{HIDDEN}", text)
