"""Which modules a change of the demo mesh concerns, asked of real git."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tierline.errors import UsageError
from tierline.evidence.changed import Changes, changes
from tierline.evidence.choose import changed_services
from tierline.evidence.load import load_mesh
from tierline.scaffold.demo import write_demo
from unit.evidence.test_evidence_git import commit, run

pytestmark = pytest.mark.required("git")

M02 = "services/core-platform/M02-profile-service"
M09 = "services/financial-rails/M09-payout-service"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("changed") / "demo"
    write_demo(folder)
    return folder


@pytest.fixture
def folder(demo: Path) -> Iterator[Path]:
    """The demo, and afterwards the demo again."""
    first = run(demo, "rev-parse", "HEAD")
    yield demo
    run(demo, "checkout", "-q", "-f", "-B", "main", first)
    run(demo, "clean", "-q", "-f", "-d")


def found(folder: Path, base: str = "", until: str | None = None) -> Changes:
    root = folder / "mesh"
    return changes(root, load_mesh(root), base, until)


def shorts(folder: Path, base: str = "HEAD") -> list[str]:
    return sorted(name.split("-")[0] for name in found(folder, base).services)


def edit(folder: Path, path: str, old: str, new: str) -> None:
    file = folder / "mesh" / path
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_edits_and_untracked_files_of_any_name_count(folder: Path) -> None:
    assert found(folder, "HEAD").modules == ()
    (folder / f"mesh/{M02}/configs/größe \n.yaml").write_text("a: 1\n")
    (folder / f"mesh/{M09}/README.md").unlink()
    (folder / "mesh/docs/ünlisted.md").write_text("x")
    told = found(folder, "HEAD")
    assert told.modules == (M02, M09)
    assert told.loose == ("docs/ünlisted.md",)
    assert told.uncommitted == told.paths
    assert len(told.paths) == 3
    assert found(folder, "HEAD", "HEAD") == Changes(told.reference, (), frozenset(), (), (), None)


def test_a_rename_counts_on_both_sides(folder: Path) -> None:
    (folder / f"mesh/{M02}/configs/old.yaml").write_text("a: 1\nb: 2\nc: 3\n")
    before = commit(folder, {})
    run(folder, "mv", f"mesh/{M02}/configs/old.yaml", f"mesh/{M09}/configs/new.yaml")
    after = commit(folder, {})
    told = found(folder, before, after)
    assert (told.modules, told.uncommitted) == ((M02, M09), None)


def test_without_a_base_it_is_what_contracts_are_compared_with(folder: Path) -> None:
    whole = found(folder)
    assert (whole.reference.name, len(whole.services)) == ("nothing", 14)
    commit(folder, {f"mesh/{M02}/README.md": "new"})
    assert found(folder).modules == (M02,)
    run(folder, "checkout", "-q", "-b", "feature")
    commit(folder, {f"mesh/{M09}/README.md": "new"})
    assert found(folder).modules == (M09,)


def test_shared_code_concerns_who_builds_from_it(folder: Path) -> None:
    edit(folder, "platform/python/meshkit/identity.py", '"""', '"""New: ')
    told = found(folder, "HEAD")
    assert len(told.services) == 14
    assert "platform/python" in told.modules


@pytest.mark.parametrize(
    ("path", "concerned"),
    [
        ("contracts/openapi/M09-payout-service.yaml", "M09"),
        ("contracts/openapi/M12-alert-center-service.yaml", "M12"),
        ("contracts/proto/README.md", ""),
    ],
)
def test_a_contract_concerns_its_service_and_who_depends_on_it(
    folder: Path, path: str, concerned: str
) -> None:
    (folder / "mesh" / path).write_text("# changed\n")
    mesh = load_mesh(folder / "mesh")
    names = [n for n in mesh.services if concerned and n.startswith(concerned)]
    readers = [n for n, s in mesh.services.items() if set(names) & set(s.owners)]
    assert found(folder, "HEAD").services == {*names, *readers}


def test_a_proto_file_is_of_whom_its_words_fit_also_when_it_is_gone(folder: Path) -> None:
    (folder / "mesh/contracts/proto/auth/v1/auth.proto").unlink()
    told = shorts(folder)
    assert "M01" in told
    assert "M02" in told
    assert "M10" not in told


def test_an_event_concerns_both_its_sides_and_a_schema_of_nobody_everybody(folder: Path) -> None:
    event = next((folder / "mesh/contracts/events").glob("*.json"))
    event.write_text(event.read_text() + "\n")
    mesh = load_mesh(folder / "mesh")
    sides = {n for n, s in mesh.services.items() if event.stem in {*s.produces, *s.consumes}}
    assert found(folder, "HEAD").services == sides
    edit(folder, "contracts/schemas/event-envelope.json", "{", "{ ")
    assert len(shorts(folder)) == 14


def test_of_shared_files_only_what_they_say_of_a_service_counts(folder: Path) -> None:
    edit(folder, "services/services-index.yaml", "services:", "# all\nservices:")
    edit(folder, "tierline.toml", "verify_seconds = 15", "verify_seconds = 16")
    assert shorts(folder) == []
    index = folder / "mesh/services/services-index.yaml"
    lines = index.read_text().split("\n")
    at = lines.index("  - service_id: M02-Profile-Service")
    here = next(n for n in range(at, len(lines)) if lines[n] == "    dbr_deps:")
    lines.insert(here + 1, "      - M01-Authentication-Service-Old")
    index.write_text("\n".join(lines))
    assert shorts(folder) == ["M02"]
    index.write_text("services: [")
    assert len(found(folder, "HEAD").services) == len(load_mesh(folder / "mesh").services)


@pytest.mark.parametrize("base", ["nope", "-x", "HEAD:mesh"])
def test_a_bad_reference_is_an_error_and_not_an_empty_answer(folder: Path, base: str) -> None:
    with pytest.raises(UsageError, match="no commit"):
        found(folder, base)
    with pytest.raises(UsageError, match="no commit"):
        found(folder, "HEAD", base)
    root = folder / "mesh"
    with pytest.raises(UsageError, match="no commit"):
        changed_services(root, load_mesh(root), base)


def test_without_a_default_branch_a_base_must_be_named(folder: Path) -> None:
    run(folder, "branch", "-m", "main", "work")
    try:
        with pytest.raises(UsageError, match="nothing to compare with: no branch is called"):
            found(folder)
        assert found(folder, "HEAD").modules == ()
    finally:
        run(folder, "branch", "-m", "work", "main")
