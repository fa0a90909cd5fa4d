"""Which addresses a webhook may lead to."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wlcron.channels.webhook import webhook_channel
from wlcron.channels.webhook.places import literal, refusal
from wlcron.errors import ConfigurationError
from wlcron.given import Given

WALLED = [
    *("127.0.0.1", "127.255.255.254", "0.0.0.1", "0.1.2.3", "10.0.0.1", "172.16.0.1"),
    *("172.31.255.255", "192.168.1.1", "169.254.169.254", "169.254.170.2", "100.64.0.1"),
    *("100.100.100.200", "192.0.0.192", "192.0.2.1", "198.18.0.1", "203.0.113.7", "224.0.0.1"),
    *("239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16"),
    *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1"),
    *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:0:10.0.0.1", "::127.0.0.1"),
    *("64:ff9b::169.254.169.254", "64:ff9b::10.0.0.1", "64:ff9b:1::8.8.8.8"),
    *("2002:7f00:1::", "2002:808:808::1", "2001:0:808:808::1", "2001:db8::1"),
]
OPEN = [
    *("8.8.8.8", "1.1.1.1", "172.32.0.1", "172.15.255.255", "100.128.0.1", "169.253.1.1"),
    *("2606:4700:4700::1111", "2a00:1450:4001::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"),
]
# As the C library reads them, and with it whoever connects.
ODD = [
    *("2130706433", "017700000001", "0x7f000001", "0X7F000001", "127.1", "127.0.1"),
    *("0177.0.0.1", "0177.0.0.01", "0x7f.0.0.1", "0x7f.1", "127.0x1", "127.0.0.1."),
    *("0", "0x0", "00000000000", "2852039166", "0xa9fea9fe", "0xa9.0xfe.0xa9.0xfe"),
    *("169.254.43518", "0251.0376.0251.0376", "3232235777", "10.1", "0300.0250.1"),
]


def channel(url: str, **more: object) -> object:
    """Make a channel."""
    values = {"url": url, "secret": "s", **more}
    return webhook_channel("hook", Given("channels.hook", values))


@pytest.mark.parametrize("address", WALLED)
def test_what_is_behind_our_own_walls_is_refused(address: str) -> None:
    """Machine, neighbours, metadata, and whatever leads to them by another notation."""
    assert refusal(ip_address(address))


@pytest.mark.parametrize("address", OPEN)
def test_the_rest_of_the_world_is_not(address: str) -> None:
    """Also one address beside each wall."""
    assert refusal(ip_address(address)) == ""


@given(address=st.ip_addresses(v=4))
def test_what_is_refused_is_refused_in_each_notation(address: IPv4Address) -> None:
    """An address of IPv4 within one of IPv6 is no other place."""
    number = int(address)
    for prefix in ("::ffff:0:0", "64:ff9b::", "::ffff:0:0:0"):
        within = IPv6Address(int(IPv6Address(prefix)) + number)
        assert bool(refusal(within)) is bool(refusal(address))
    for written in (
        str(number),
        hex(number),
        f"0{number:o}",
        f"{number >> 24}.{number & 0xFFFFFF}",
    ):
        assert literal(written) == address


def _is_nat64(address: IPv4Address | IPv6Address) -> bool:
    return address in ip_network("64:ff9b::/96")


@given(address=st.ip_addresses())
def test_nothing_is_open_that_is_not_global(address: IPv4Address | IPv6Address) -> None:
    """What registries keep for private use is never posted to."""
    if refusal(address) == "":
        assert not address.is_private or _is_nat64(address)
        assert not address.is_multicast
        assert not address.is_link_local


@pytest.mark.parametrize("address", [*WALLED, *ODD])
def test_a_walled_address_is_refused_at_once(address: str) -> None:
    """However it is written; the sentence says what to do, and does not show the address."""
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(ConfigurationError) as raised:
        channel(f"https://{host.replace('%', '%25')}/T0K3N")
    text = str(raised.value)
    assert text.startswith("channels.hook: url ")
    assert "T0K3N" not in text
    assert "%" in address or "set allow-private = true" in text


@pytest.mark.parametrize(
    "host",
    [
        "\u2460\u2461\u2466.\u24ea.\u24ea.\u2460",  # circled digits
        "\uff11\uff12\uff17.\uff10.\uff10.\uff11",  # wide ones
        "127\u30020\u30020\u30021",  # full stops of Chinese
        "%31%32%37.0.0.1",
    ],
)
def test_characters_that_are_read_as_digits_do_not_slip_through(host: str) -> None:
    """What is checked is what is connected to, after all conversions."""
    with pytest.raises(ConfigurationError):
        channel(f"https://{host}/")


@pytest.mark.parametrize("host", ["1.2.3.4.5", "256.256.256.256", "99999999999", "0x", "1.0x1g.3"])
def test_what_looks_like_an_address_and_is_none_is_refused(host: str) -> None:
    """It would be handed on to the system unresolved by aiohttp, and so unchecked."""
    with pytest.raises(ConfigurationError, match="neither a name nor an address"):
        channel(f"https://{host}/")


@pytest.mark.parametrize("address", ["127.0.0.1", "2130706433", "[::1]", "10.0.0.1"])
def test_who_allows_it_may_post_to_his_own_machines(address: str) -> None:
    """Without TLS, too."""
    channel(f"http://{address}:8080/hook", **{"allow-private": True})


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://hooks.example.com/T0K3N", "must begin with https://"),
        ("ftp://hooks.example.com/T0K3N", "must be an address that begins with https://"),
        ("hooks.example.com/T0K3N", "must be an address that begins with https://"),
        ("https:///T0K3N", "must be an address that begins with https://"),
        ("https://hooks.example.com:99999/T0K3N", "is no address"),
        ("https://[::1/T0K3N", "is no address"),
        ("https://hooks.example.com/T0K3N\r\nX: y", "must be an address"),
        ("https://wl:T0K3N@hooks.example.com/", "neither a user name nor a fragment"),
        ("https://hooks.example.com/#T0K3N", "neither a user name nor a fragment"),
        ("https://127.0.0.1\\@hooks.example.com/T0K3N", "channels.hook: url "),
    ],
)
def test_what_is_no_address_is_refused_without_showing_it(url: str, says: str) -> None:
    """It may hold a secret."""
    with pytest.raises(ConfigurationError) as raised:
        channel(url)
    assert says in str(raised.value)
    assert "T0K3N" not in str(raised.value)


def test_a_secret_has_to_be_given() -> None:
    """A body that nobody has signed is worth nothing to who acts on it."""
    with pytest.raises(ConfigurationError, match="secret is missing"):
        webhook_channel("hook", Given("channels.hook", {"url": "https://hooks.example.com/"}))
    with pytest.raises(ConfigurationError, match="secrte is unknown"):
        channel("https://hooks.example.com/", secrte="x")
