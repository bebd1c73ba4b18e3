"""Which files are proto contracts, which of them moved, and which stubs are not what they should be."""

from __future__ import annotations

from dataclasses import replace

from tierline.contracts.proto import Stubs, Unsaid, compared, moved, sources
from tierline.mesh.tree import Entry, Kind, Tree

FILES = {
    "contracts/buf.yaml": b"version: v2",
    "contracts/proto/a/v1/a.proto": b"a",
    "contracts/gen/go/a.pb.go": b"ga",
    "contracts/openapi/a.yaml": b"o",
    "services/x/y/z.proto": b"z",
}


def tree(files: dict[str, bytes | None]) -> Tree:
    entries = {p: Entry(Kind.FILE, len(c or b""), c) for p, c in sorted(files.items())}
    return Tree("mesh", entries)


def test_nothing_moved_where_every_byte_is_the_same() -> None:
    other = {**FILES, "contracts/openapi/a.yaml": b"p", "services/x/y/z.proto": b"w"}
    assert moved(tree(dict(FILES)), tree(dict(other))) == ()


def test_sources_stubs_and_settings_move() -> None:
    now: dict[str, bytes | None] = {**FILES, "contracts/buf.yaml": b"version: v1"}
    del now["contracts/gen/go/a.pb.go"]
    now["contracts/proto/b.proto"] = b"b"
    assert moved(tree(now), tree(dict(FILES))) == (
        "contracts/buf.yaml",
        "contracts/gen/go/a.pb.go",
        "contracts/proto/b.proto",
    )


def test_what_cannot_be_read_has_moved() -> None:
    files: dict[str, bytes | None] = {**FILES, "contracts/proto/a/v1/a.proto": None}
    assert moved(tree(files), tree(files)) == ("contracts/proto/a/v1/a.proto",)
    assert moved(tree(dict(FILES)), tree(files)) == ("contracts/proto/a/v1/a.proto",)


def test_buf_gets_sources_and_settings_only() -> None:
    assert sources(tree(dict(FILES))) == {"buf.yaml": b"version: v2", "proto/a/v1/a.proto": b"a"}


def test_a_source_that_cannot_be_read_is_no_answer() -> None:
    found = tree(dict(FILES))
    link = Entry(Kind.ESCAPE)
    entries = {**found.entries, "contracts/proto/a/v1/a.proto": link}
    told = sources(replace(found, entries=entries))
    assert isinstance(told, Unsaid)
    assert told.reason == "mesh/contracts/proto/a/v1/a.proto: it was not read"


def test_stubs_that_are_missing_changed_or_left_are_told_apart() -> None:
    has = tree(
        {
            "contracts/gen/go/same.pb.go": b"1",
            "contracts/gen/go/changed.pb.go": b"old",
            "contracts/gen/go/left.pb.go": b"3",
            "contracts/gen/go/by_hand.go": b"4",
            "contracts/gen/go/go.mod": b"module x",
            "contracts/gen/go/README.md": b"about",
            "contracts/gen/go/empty/.gitkeep": b"",
            "contracts/gen/python/other_pb2.py": b"of a plugin that is not named",
            "contracts/proto/a.proto": b"a",
        }
    )
    made = {"gen/go/same.pb.go": b"1", "gen/go/changed.pb.go": b"2", "gen/go/new.pb.go": b"5"}
    assert compared(made, ("gen/go",), has) == Stubs(
        made, ("gen/go/new.pb.go",), ("gen/go/changed.pb.go",),
        ("gen/go/by_hand.go", "gen/go/left.pb.go"),
    )  # fmt: skip


def test_beside_the_sources_only_what_ends_like_a_stub_is_one() -> None:
    has = tree(
        {
            "contracts/proto/a.proto": b"a",
            "contracts/proto/a_pb2.py": b"1",
            "contracts/proto/gone_pb2.py": b"2",
            "contracts/proto/mine.py": b"3",
        }
    )
    made = {"proto/a_pb2.py": b"1"}
    assert compared(made, (".",), has).left == ("proto/gone_pb2.py",)
    assert compared(made, ("proto",), has).left == ("proto/gone_pb2.py",)
