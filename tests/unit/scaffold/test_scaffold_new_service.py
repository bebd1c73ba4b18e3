"""A new service beside four others: what is refused, with every reason; what is chosen; what changes."""

from __future__ import annotations

import pytest

from made.small_mesh import AUTH, BUS, FEED, PROFILE, mesh_files, tree_of
from tierline.mesh.model import Mesh
from tierline.mesh.parse import parse_mesh
from tierline.mesh.tree import Tree
from tierline.scaffold.asked import Asked, blank, is_scaffold, judge, owner_of
from tierline.scaffold.blank_service import blank_service
from tierline.scaffold.joining import join_mesh
from tierline.scaffold.written import written

NAME = "M07-Risk-Service"
GOOD = Asked(NAME, "data-ai", ("M02",))


def four(**changes: str | None) -> tuple[Mesh, Tree]:
    """The small mesh; `changes` by path are texts, None takes a file away."""
    files = {path: text for path, text in mesh_files().items() if changes.get(path, "") is not None}
    files |= {path: text for path, text in changes.items() if text is not None}
    tree = tree_of(files, "mesh")
    return parse_mesh(tree), tree


def refused(asked: Asked, **changes: str | None) -> list[tuple[str, str]]:
    return [(one.code, one.message) for one in judge(asked, *four(**changes))]


def test_a_service_in_order_is_not_refused() -> None:
    assert refused(GOOD) == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Asked("risk", "data-ai"), [("init/bad-id", "risk is not a service id")]),
        (Asked("M07", "data-ai"), [("init/bad-id", "M07 is not a service id")]),
        (
            Asked("M02-Risk-Service", "data-ai"),
            [("init/taken", f"M02 is {PROFILE}, in this mesh")],
        ),
        (Asked(NAME, "data"), [("init/unknown-domain", "data is no domain of this mesh")]),
        (Asked(NAME, ""), [("init/unknown-domain", "its domain is missing")]),
        (Asked(NAME, "data-ai", ("M99",)), [("init/unknown-owner", "nobody knows the owner M99")]),
        (
            Asked(NAME, "data-ai", (NAME,)),
            [("init/unknown-owner", f"nobody knows the owner {NAME}")],
        ),
        (Asked(NAME, "data-ai", (), 80), [("init/port", "80 is no port for a service")]),
        (Asked(NAME, "data-ai", (), 70_000), [("init/port", "70000 is no port for a service")]),
    ],
)
def test_what_is_wrong_is_said(asked: Asked, said: list[tuple[str, str]]) -> None:
    assert refused(asked) == said


def test_everything_wrong_is_said_at_once() -> None:
    asked = Asked("M02-Other", "nowhere", ("M98", "M99"), 1)
    assert [code for code, _ in refused(asked)] == [
        "init/taken",
        "init/unknown-domain",
        "init/unknown-owner",
        "init/unknown-owner",
        "init/port",
    ]


def test_the_port_of_another_service_is_refused_with_its_name() -> None:
    mesh, tree = four()
    config = mesh.services[AUTH].config
    assert config is not None
    port = next(one for one in config.ports if one.name == "http")
    found = judge(Asked(NAME, "data-ai", (), port.number), mesh, tree)
    assert found[0].message == f"port {port.number} is the http port of {AUTH}"
    assert found[0].place == mesh.services[AUTH].place


def test_a_folder_that_is_there_is_not_taken_over() -> None:
    path = "services/core-platform/M07-risk-service"
    assert refused(GOOD, **{f"{path}/notes.txt": "mine"}) == [
        ("init/taken", f"mesh/{path} exists already")
    ]


def test_an_index_that_cannot_be_read_is_told_and_not_edited() -> None:
    found = judge(GOOD, *four(**{"services/services-index.yaml": "services: [\n"}))
    assert {one.code.partition("/")[0] for one in found} == {"index"}


def test_owners_are_known_by_full_and_short_ids_in_any_case() -> None:
    mesh, _ = four()
    assert [owner_of(name, mesh) for name in (PROFILE, "m02", PROFILE.upper(), "M0")] == [
        PROFILE,
        PROFILE,
        PROFILE,
        None,
    ]


def test_what_is_not_said_is_chosen() -> None:
    mesh, tree = four()
    made = blank(GOOD, mesh, tree)
    assert (made.service_id, made.domain, made.language) == (NAME, "data-ai", "go")
    assert (list(made.owners), made.externals) == ([PROFILE], ())
    taken = {
        port.number for one in mesh.services.values() if one.config for port in one.config.ports
    }
    assert not {made.http_port, made.grpc_port} & taken
    assert made.http_port != made.grpc_port
    assert blank(Asked(NAME, "data-ai", (), 4321), mesh, tree).http_port == 4321


def test_the_mesh_with_it_knows_it_and_nothing_else_changed() -> None:
    mesh, tree = four()
    made = blank(Asked(NAME, "data-ai", ("M02", "M10")), mesh, tree)
    joined = join_mesh(made, mesh, tree, None)
    assert joined.problems == ()
    assert {edit.path for edit in joined.edits} == {
        "docs/dependency-load-order.md",
        "go.work",
        "environments/compose/docker-compose.services.yaml",
        "services/services-index.yaml",
    } & (tree.entries.keys() | {"docs/dependency-load-order.md"})
    files = {path: text.encode() for path, text in blank_service(made)}
    files |= {edit.path: edit.content for edit in joined.edits}
    after = parse_mesh(written(tree, files))
    assert after.services[NAME].owners == (PROFILE, BUS)
    assert after.services[NAME].path == made.path
    assert {name: after.services[name].owners for name in (AUTH, PROFILE, BUS, FEED)} == {
        name: mesh.services[name].owners for name in (AUTH, PROFILE, BUS, FEED)
    }


def test_a_shared_file_that_cannot_be_edited_is_a_problem_with_its_place() -> None:
    path = "environments/compose/docker-compose.services.yaml"
    mesh, tree = four(**{path: "services: &all {}\nmore: *all\n"})
    joined = join_mesh(blank(GOOD, mesh, tree), mesh, tree, None)
    assert [(one.code, one.place.path) for one in joined.problems] == [
        ("write/not-editable", f"mesh/{path}")
    ]


def test_its_program_is_known_as_the_one_it_was_made_with_until_somebody_writes() -> None:
    mesh, tree = four()
    made = blank(GOOD, mesh, tree)
    joined = join_mesh(made, mesh, tree, None)
    files = {path: text.encode() for path, text in blank_service(made)}
    files |= {edit.path: edit.content for edit in joined.edits}
    with_it = written(tree, files)
    after = parse_mesh(with_it)
    assert is_scaffold(after.services[NAME], after, with_it)
    path = next(name for name in files if name.startswith(f"{made.path}/internal/app/"))
    edited = written(with_it, {path: files[path] + b"\n// more\n"})
    assert not is_scaffold(after.services[NAME], parse_mesh(edited), edited)
