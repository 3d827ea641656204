"""The host of a URL, and whether it is this machine."""

from __future__ import annotations

import pytest
from groundwire_runtime.http import is_loopback, split_url


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("https://shop.test/a", "shop.test", None),
        ("https://shop.test:8443/a?b#c", "shop.test", 8443),
        ("https://u:p@[2001:db8::1]:1/", "2001:db8::1", 1),
        ("http://[::1]", "::1", None),
        ("http://[::1]:", "::1", None),
        ("http://[::ffff:127.0.0.1]:80/", "::ffff:127.0.0.1", 80),
        ("http://[fe80::1%25eth0]/", "fe80::1%25eth0", None),
        ("/a", None, None),
        ("data:text/plain,[x]", None, None),
    ],
)
def test_an_authority_in_its_one_form_is_read(url: str, host: str | None, port: int | None) -> None:
    parts = split_url(url)
    assert (parts.hostname, parts.port) == (host, port)


@pytest.mark.parametrize(
    "place",
    [
        "[::1]evil.example",
        "[::1].evil.example",
        "evil.example[::1]",
        "[::1][::1]",
        "[::1]:1:2",
        "::1",
        "a:1:2",
        "[127.0.0.1]",
        "[localhost]",
        "[]",
        "[::1",
        "::1]",
        "[v1.a]",
        "[::1]@[::1]evil.example",
        "a@b@shop.test",
        "shop.test:port",
        "shop.test:65536",
        "shop.test:-1",
    ],
)
def test_any_other_authority_is_refused(place: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        split_url(f"http://{place}/a")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "127.8.0.1", "::1", "[::1]"])
def test_hosts_of_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "localhost.example", "127.0.0.1.example", "0.0.0.0", "::", "10.0.0.1"])  # noqa: S104 - a host that is refused
def test_hosts_elsewhere(host: str) -> None:
    assert not is_loopback(host)
