"""Packed addresses as text."""

from __future__ import annotations

import socket


def format_address(packed: bytes) -> str:
    """An IPv4 or IPv6 address in its usual form; hexadecimal digits for any other length."""
    if len(packed) == 4:
        return socket.inet_ntop(socket.AF_INET, packed)
    if len(packed) == 16:
        return socket.inet_ntop(socket.AF_INET6, packed)
    return packed.hex()


def format_endpoint(endpoint: tuple[bytes, int]) -> str:
    """Address and port, without brackets as the reference prints IPv6."""
    return f"{format_address(endpoint[0])}:{endpoint[1]}"
