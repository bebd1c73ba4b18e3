"""Which telemetry services list in `deploy/release.yaml`; no data follows from that."""

from __future__ import annotations

from pathlib import Path

import pytest

from tierline.evidence.content import Content
from tierline.evidence.data_use import data_uses, signals_brought
from tierline.evidence.load import load_mesh
from tierline.facts.evidence import SignalKind
from tierline.scaffold.demo import write_demo

SERVICE = "M11-Settings-Registry-Service"
FILE = "services/platform-ops/M11-settings-registry-service/deploy/release.yaml"


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("signals: [traces, metrics]", (SignalKind.METRICS, SignalKind.TRACES)),
        ("signals: logs", (SignalKind.LOGS,)),
        ("data: {owns: [x]}", ()),
        ("signals: {", ()),
    ],
)
def test_what_is_listed(tmp_path: Path, text: str, listed: tuple[SignalKind, ...]) -> None:
    write_demo(tmp_path)
    root = tmp_path / "mesh"
    (root / FILE).write_text(text)
    mesh, content = load_mesh(root), Content.below(root)
    assert signals_brought(mesh, content, (SERVICE,), {}) == ({SERVICE: listed} if listed else {})
    assert (SERVICE in data_uses(mesh, content, (SERVICE,), {}, {})) is (not listed)
