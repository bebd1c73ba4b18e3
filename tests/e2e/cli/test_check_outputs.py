"""One check as a pipeline wants it: every format at once, in a repository whose mesh lies anywhere."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from e2e.cli.shop import Shop

pytestmark = pytest.mark.required("git")


@pytest.fixture
def broken(shop: Shop) -> Shop:
    service = next((shop.mesh / "services/core-platform").iterdir())
    (service / "configs/default.yaml").write_text("service: {\n")
    return shop


def test_every_format_at_once(broken: Shop, tmp_path: Path) -> None:
    names = ("c.json", "c.md", "c.sarif", "c.xml", "c.txt")
    asked = [word for name in names for word in ("-o", str(tmp_path / name))]
    told = broken.tell("check", "--format", "github", *asked)
    assert told.code == 3, told.err
    assert told.err.count("wrote ") == len(names)
    json_text, md, sarif, xml, text = ((tmp_path / name).read_text() for name in names)
    assert json.loads(json_text)["decision"] == "NO-GO"
    assert md.startswith("# NO-GO")
    assert text.startswith("NO-GO")
    assert "   2 | \n" not in text
    (fails,) = (one for one in json.loads(sarif)["runs"][0]["results"] if one["level"] == "error")
    place = fails["locations"][0]["physicalLocation"]
    uri = place["artifactLocation"]["uri"]
    assert (broken.mesh.parent / uri).is_file()
    assert place["region"]["startLine"] == 2
    whole = ET.fromstring(xml)  # noqa: S314 - our own output
    assert int(whole.get("failures", "")) == 1
    (line,) = (line for line in told.out.splitlines() if line.startswith("::error "))
    assert f"file={uri},line=2" in line


def test_an_ending_that_names_no_format_is_refused_before_anything_is_done(
    broken: Shop, tmp_path: Path
) -> None:
    told = broken.tell("check", "-o", str(tmp_path / "a.xml"), "-o", str(tmp_path / "a.pdf"))
    assert told.code == 2
    assert "its ending names no format of a check" in told.err
    assert list(tmp_path.glob("a.*")) == []
