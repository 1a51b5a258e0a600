"""Which addresses count as this machine's."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from hopscope.capture.lists import Interface
from hopscope.fields import field_text
from hopscope.fields.locality import LocalAddresses
from hopscope.store.tables import Container
from small_store import SmallStore


def store_with(*interfaces: str, containers: tuple[str, ...] = ()) -> SmallStore:
    store = SmallStore()
    store.interfaces = [Interface("eth0", ip_address(one).packed, b"", b"") for one in interfaces]
    store.containers = [
        Container("host", "host"),
        *(Container(f"c{i}", ip=ip) for i, ip in enumerate(containers)),
    ]
    return store


@pytest.mark.parametrize(
    ("address", "container", "local"),
    [
        ("10.0.0.1", 0, True),
        ("10.0.0.2", 0, False),
        ("127.0.0.1", 0, False),
        ("172.17.0.2", 1, True),
        ("10.0.0.1", 1, True),
        ("172.17.0.3", 1, False),
        ("172.17.0.2", 2, True),
        ("0.0.0.0", 2, True),
        ("0.0.0.0", 1, False),
        ("2001:db8::99", 0, True),
        ("2001:db9::1", 0, False),
        ("2001:db8::1", 1, False),
    ],
)
def test_addresses_of_interfaces_and_containers(address: str, container: int, local: bool) -> None:
    store = store_with("10.0.0.1", "2001:db8::1", containers=("172.17.0.2", "0.0.0.0"))
    assert LocalAddresses(store, store.hosts[0]).has(ip_address(address).packed, container) is local


ACCEPTED = 8


def test_the_server_is_local_where_the_client_is_elsewhere() -> None:
    store = store_with("10.0.0.2", containers=("",))
    assert field_text(store, ACCEPTED, "fd.lport") == "80"
    assert field_text(store, ACCEPTED, "fd.rip") == "10.0.0.1"
    assert field_text(store, ACCEPTED, "fd.is_server") == "true"


def test_the_client_is_local_where_both_are() -> None:
    store = store_with("10.0.0.1", "10.0.0.2", containers=("",))
    assert field_text(store, ACCEPTED, "fd.lport") == "40000"
    assert field_text(store, ACCEPTED, "fd.is_server") == "true"


def test_a_server_on_another_machine() -> None:
    store = store_with("10.0.0.1", containers=("",))
    assert field_text(store, ACCEPTED, "fd.is_server") == "false"
