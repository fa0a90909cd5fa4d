"""Where a webhook posts to: what the configuration says."""

from dataclasses import dataclass, field

from yarl import URL

from wlcron.channels.webhook.places import literal, refusal
from wlcron.given import Given

_ALLOW = "set allow-private = true for this channel if that is meant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An address, and what has to be known to post to it; its path may be a secret."""

    url: URL = field(repr=False)
    secret: str = field(repr=False)
    is_private_allowed: bool = False

    @property
    def host(self) -> str:
        """Return what a sentence calls it."""
        return self.url.raw_host or ""


def read_target(given: Given) -> Target:
    """Read `url`, `secret` and `allow-private`; raises ConfigurationError."""
    is_allowed = given.flag("allow-private", default=False)
    url = _url(given, is_private_allowed=is_allowed)
    return Target(url=url, secret=given.secret("secret"), is_private_allowed=is_allowed)


def _url(given: Given, *, is_private_allowed: bool) -> URL:
    text = given.secret("url")
    try:
        # What is checked is what is connected to, so it is read by the one who connects.
        url = URL(text)
        host, _ = url.raw_host, url.port
    except ValueError:
        raise given.problem("url", "is no address") from None
    if url.scheme not in {"http", "https"} or not host or not text.isprintable() or " " in text:
        raise given.problem("url", "must be an address that begins with https://")
    if url.user is not None or url.password is not None or url.raw_fragment:
        raise given.problem("url", "must have neither a user name nor a fragment (#)")
    _check_host(given, host, is_private_allowed=is_private_allowed)
    if url.scheme != "https" and not is_private_allowed:
        raise given.problem("url", f"must begin with https://; {_ALLOW}")
    return url


def _check_host(given: Given, host: str, *, is_private_allowed: bool) -> None:
    try:
        address = literal(host)
    except ValueError:
        raise given.problem("url", "has a host that is neither a name nor an address") from None
    if address is None or is_private_allowed:
        return
    if wrong := refusal(address):
        raise given.problem("url", f"leads to an address that is {wrong}; {_ALLOW}")
