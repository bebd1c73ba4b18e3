"""What may happen to a file: bytes that flip, lines that repeat, values that grow, as hypothesis draws."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

INSERTS = (
    b"\x00", b"\x07", b"\x1b[2J", b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\xef\xbb\xbf",
    b"\r", b"\t", b"\n---\n", b"\n...\n", b"{", b"}", b"[", b"]", b"'", b'"', b"`", b"|", b">", b"#",
    b": ", b"- ", b"? ", b"&a ", b"*a", b"<<: *a\n", b"!!str ", b"!x ", b"${A}", b"${", b"$$", b"%s",
    b"\\", b"\\u0000", b"../", b"/../..", b"~", b"null", b"true", b"0x1F", b"1e999", b"-0", b".inf",
    b"9" * 400, b"0" * 30, b"a" * 5000, b"NaN", b"//", b"/*", b"*/", b"(" * 200,
)  # fmt: skip
BOMBS = (
    b"[" * 3000,
    b"{a: " * 3000,
    b'{"a":' * 3000,
    b"- " * 3000,
    b"> " * 2000,
    b"x: &a [" + b"1," * 50 + b"]\n" + b"".join(
        b"y%d: &%c [%s]\n" % (i, 98 + i, b",".join([b"*" + bytes([97 + i])] * 20)) for i in range(8)
    ),
    b"<<: [" + b"*a," * 500 + b"]\n",
    b"| a " * 5000 + b"\n",
    b"a: b\n" * 20_000,
    b"\n" * 100_000,
    b"require (\n" * 5000,
    b"A=1\n" * 20_000,
    b"# h\n" * 20_000,
    b"`" * 50_000,
    b"_*_*" * 20_000,
    b"1" * 200_000,
)  # fmt: skip
"""small files that grow, nest or repeat"""

Damage = Callable[[bytes], bytes]
_where = st.integers(0, 1_000_000)


def _insert(at: int, what: bytes) -> Damage:
    return lambda data: data[: at % (len(data) + 1)] + what + data[at % (len(data) + 1) :]


def _flip(at: int, mask: int) -> Damage:
    def damage(data: bytes) -> bytes:
        if not data:
            return data
        place = at % len(data)
        return data[:place] + bytes([data[place] ^ mask]) + data[place + 1 :]

    return damage


def _drop(at: int, count: int) -> Damage:
    return lambda data: data[: at % (len(data) + 1)] + data[at % (len(data) + 1) + count :]


def _lines(at: int, times: int, to: int) -> Damage:
    """A line taken out, and put in so many times elsewhere."""

    def damage(data: bytes) -> bytes:
        lines = data.splitlines(keepends=True)
        if not lines:
            return data
        line = lines.pop(at % len(lines))
        place = to % (len(lines) + 1)
        return b"".join([*lines[:place], *[line] * times, *lines[place:]])

    return damage


def _indented(at: int, count: int, blanks: int) -> Damage:
    def damage(data: bytes) -> bytes:
        lines = data.splitlines(keepends=True)
        start = at % (len(lines) + 1)
        moved = [b" " * blanks + line for line in lines[start : start + count]]
        return b"".join([*lines[:start], *moved, *lines[start + count :]])

    return damage


def _nested(at: int, depth: int, pair: tuple[bytes, bytes]) -> Damage:
    return _insert(at, pair[0] * depth + b"x" + pair[1] * depth)


damages: st.SearchStrategy[Damage] = st.one_of(
    st.builds(_insert, _where, st.sampled_from(INSERTS) | st.binary(max_size=8)),
    st.builds(_insert, _where, st.text(max_size=12).map(lambda text: text.encode("utf-8", "replace"))),
    st.builds(_flip, _where, st.integers(1, 255)),
    st.builds(_drop, _where, st.integers(1, 400)),
    st.builds(_lines, _where, st.integers(0, 3), _where),
    st.builds(_indented, _where, st.integers(1, 4), st.integers(1, 9)),
    st.builds(_nested, _where, st.integers(1, 300), st.sampled_from(((b"[", b"]"), (b"{a: ", b"}"), (b'{"a": ', b"}"), (b"(", b")")))),
)  # fmt: skip
"""small things that happen to the bytes of a file"""
