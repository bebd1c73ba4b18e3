"""go.mod and go.work by Go's own grammar."""

from __future__ import annotations

import pytest

from tierline.mesh.gomod import parse_go_mod, parse_go_work
from tierline.mesh.source import Source

TEXT = """// Deprecated: no
module "example.org/shop" // the path

go 1.22.1
toolchain go1.23.0

require example.org/a v1.0.0 // indirect
require (
\texample.org/b/v2 v2.1.0-0.20200101000000-abcdefabcdef
\t"example.org/c" v0.0.0
)
replace example.org/a v1.0.0 => ../a
replace (
\texample.org/b/v2 => `../../platform/b`
\texample.org/c => example.org/fork v1.2.3
)
exclude example.org/a v0.9.0
retract [v1.0.0, v1.0.5] // broken
retract (
\tv0.1.0
)
"""


def test_a_whole_file():
    source = Source("go.mod", "structure")
    module = parse_go_mod(TEXT.replace("\n", "\r\n").encode(), source, "services/d/x")
    assert source.defects == []
    assert module is not None
    assert (module.name, module.language_version, module.place.line) == (
        "example.org/shop", "1.22.1", 2
    )  # fmt: skip
    assert [(m.name, m.path, m.place.line) for m in module.local] == [
        ("example.org/a", "services/d/a", 12),
        ("example.org/b/v2", "services/platform/b", 14),
    ]
    assert set(module.requires) == {"example.org/a", "example.org/b/v2", "example.org/c"}


@pytest.mark.parametrize(
    ("text", "path"),
    [("=> .", "s/x"), ("=> ./y", "s/x/y"), ("=> ../../../y", "../y"), ("=> /opt/y", "/opt/y")],
)
def test_where_a_replace_leads(text: str, path: str):
    source = Source("go.mod", "structure")
    module = parse_go_mod(f"module x\nreplace a {text}\n".encode(), source, "s/x")
    assert module is not None
    assert [m.path for m in module.local] == [path]
    outside = path.startswith(("/", "../"))
    assert [d.code for d in source.defects] == ["structure/module-outside"] * outside


@pytest.mark.parametrize(
    "line",
    ["replace a b", "replace => ../a", "replace a => ", "replace a => b => c", "require a",
     "require a b c", "module", "go 1 2", "use ./x", "frobnicate"],
)  # fmt: skip
def test_lines_that_go_refuses(line: str):
    source = Source("go.mod", "structure")
    assert parse_go_mod(f"module x\n{line}\n".encode(), source, "") is not None
    assert [(d.place.line, d.code.startswith("structure/go-")) for d in source.defects] == [
        (2, True)
    ]


def test_a_workspace():
    text = 'go 1.22\nuse ./a\nuse (\n\t./b/c // note\n\t"./d"\n)\nreplace x => ./e\n'
    members, defects = parse_go_work(text.encode(), "mesh/go.work")
    assert defects == ()
    assert members is not None
    assert [(m.path, m.place.line) for m in members] == [("a", 2), ("b/c", 4), ("d", 5), ("e", 7)]
