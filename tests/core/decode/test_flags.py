"""Names of bits and of enumerations."""

from __future__ import annotations

import pytest

from hopscope.decode.flags import enumeration_text, flag_tables, flag_text
from hopscope.decode.names import errno_name, signal_name, signal_set_text, syscall_names


@pytest.mark.parametrize(
    ("table", "value", "text"),
    [
        ("file_flags", 4097, "O_RDONLY|O_CLOEXEC"),
        ("file_flags", 1031, "O_DIRECTORY|O_CREAT|O_RDWR"),  # the order of the table, not of the bits
        ("file_flags", 3, "O_RDWR"),  # its bits are taken, so neither O_RDONLY nor O_WRONLY follows
        ("file_flags", 0, "O_NONE"),  # an entry of value 0 fits 0 only
        ("prot_flags", 3, "PROT_READ|PROT_WRITE"),
        ("futex_operations", 129, "FUTEX_PRIVATE_FLAG|FUTEX_WAKE"),
        ("clone_flags", 1 << 31, ""),  # nothing known
        ("clone_flags", 1 << 31 | 1, "CLONE_FILES"),  # what is unknown is not mentioned
        ("mknod_mode", 49152, "S_IFREG|S_IFSOCK"),  # an entry equal to the whole value ends the walk
        ("no such table", 1, ""),
        ("", 1, ""),
    ],
)
def test_a_table_is_walked_in_its_order(table: str, value: int, text: str) -> None:
    assert flag_text(table, value) == text


def test_symbols_that_a_release_does_not_know_are_passed_over() -> None:
    unknown = frozenset({"CLONE_CHILD_IN_PIDNS"})
    assert flag_text("clone_flags", 1 << 29 | 1) == "CLONE_FILES|CLONE_CHILD_IN_PIDNS"
    assert flag_text("clone_flags", 1 << 29 | 1, unknown) == "CLONE_FILES"


def test_an_enumeration_is_one_entry_or_all_its_aliases() -> None:
    assert enumeration_text("socket_families", 1) == "AF_LOCAL"
    assert enumeration_text("socket_families", 1, all_aliases=True) == "AF_LOCAL|AF_UNIX"
    assert enumeration_text("socket_families", 10) == "AF_INET6"
    assert enumeration_text("socket_families", 4711) == ""
    assert enumeration_text("lseek_whence", 3) == ""


def test_every_table_has_numbers_of_at_most_32_bits() -> None:
    tables = flag_tables()
    assert len(tables) > 50
    assert all(0 <= value < 1 << 32 and symbol for table in tables.values() for symbol, value in table)


def test_names_of_errors_signals_and_calls() -> None:
    assert errno_name(-11) == "EAGAIN"
    assert errno_name(-2) == "ENOENT"
    assert errno_name(0) == errno_name(5) == errno_name(-4000) == ""
    assert signal_name(17) == "SIGCHLD"
    assert signal_name(0) == signal_name(64) == ""
    assert signal_set_text(0b101) == "SIGHUP SIGQUIT"
    assert signal_set_text(0) == ""
    assert signal_set_text(1 << 31) == ""
    assert syscall_names()[4] == "write"
