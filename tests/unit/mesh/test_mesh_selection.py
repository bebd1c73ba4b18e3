"""The grammar of selections, on a chain M01 <- M02 <- M03 <- M05 with M04 beside it."""

from __future__ import annotations

import pytest

from made.trees import tree_of
from tierline.errors import UsageError
from tierline.mesh.model import Mesh
from tierline.mesh.parse import parse_mesh
from tierline.mesh.selection import Method, Need, batches_of, needs, parse_selection, select

SERVICES = {
    "M01-Event-Bus": ("platform-ops", []),
    "M02-Authentication": ("core-platform", ["M01-Event-Bus"]),
    "M03-Profile-Service": ("data-ai", ["M02-Authentication"]),
    "M04-Gateway": ("platform-ops", ["M02-Authentication"]),
    "M05-Payout-Service": ("financial-rails", ["M03-Profile-Service"]),
}


def index_of(services: dict[str, tuple[str, list[str]]]) -> str:
    lines = ["version: 1", "services:"]
    for name, (domain, owners) in services.items():
        lines += [
            f"  - service_id: {name}", "    architecture: microservice", f"    cluster: {domain}",
            f"    module_path: mesh/services/{domain}/x", f"    dbr_deps: [{', '.join(owners)}]",
            "    event_deps: []", "    provides: [http]",
        ]  # fmt: skip
    return "\n".join(lines) + "\n"


def mesh_of(services: dict[str, tuple[str, list[str]]]) -> Mesh:
    return parse_mesh(tree_of({"services/services-index.yaml": index_of(services)}))


MESH = mesh_of(SERVICES)


def shorts(text: str, **gathered: str) -> str:
    facts = {
        Need(Method(kind.partition("_")[0]), kind.partition("_")[2]): frozenset(
            name for name in SERVICES if name[:3] in value.split()
        )
        for kind, value in gathered.items()
    }
    return " ".join(name[:3] for name in select(parse_selection(text), MESH, facts))


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("", "M01 M02 M03 M04 M05"),
        ("  \t\n", "M01 M02 M03 M04 M05"),
        ("M03", "M03"),
        ("M03-Profile-Service", "M03"),
        ("M05 M01 M05", "M01 M05"),
        ("+M03", "M01 M02 M03"),
        ("1+M03", "M02 M03"),
        ("0+M03", "M03"),
        ("M02+", "M02 M03 M04 M05"),
        ("M02+1", "M02 M03 M04"),
        ("1+M03+1", "M02 M03 M05"),
        ("+M03-Profile-Service+", "M01 M02 M03 M05"),
        ("domain:platform-ops", "M01 M04"),
        ("+domain:platform-ops", "M01 M02 M04"),
        ("tier:2", "M03 M05"),
        ("tier:1", "M02"),
        ("tier:0", "M01 M04"),
        ("batch:t0-l0", "M01"),
        ("batch:t2-l2", "M03"),
        ("batch:t1-l2", "M04"),
        ("M02+,domain:data-ai", "M03"),
        ("M02+ , tier:2", "M03 M05"),
        ("M01 M02+,tier:2", "M01 M03 M05"),
        ('"M01"', "M01"),
    ],
)
def test_terms(text: str, chosen: str):
    assert shorts(text) == chosen


def test_what_must_be_gathered():
    selection = parse_selection('changed:main+ outdated,tier:2 file:"my list.txt" M01')
    assert needs(selection) == {
        Need(Method.CHANGED, "main"), Need(Method.OUTDATED), Need(Method.FILE, "my list.txt"),
    }  # fmt: skip
    assert shorts("changed:main", changed_main="M02") == "M02"
    assert shorts("changed:main+", changed_main="M02") == "M02 M03 M04 M05"
    assert shorts("outdated,tier:2", outdated_="M01 M03") == "M03"
    assert shorts("file:list", file_list="M04 M01") == "M01 M04"
    assert shorts("changed:origin/main~2", **{"changed_origin/main~2": "M05"}) == "M05"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("M06", ["no service is called M06", "did you mean", "M05-Payout-Service"]),
        ("M03-Profil-Service", ["M03-Profile-Service"]),
        ("profile", ["M03-Profile-Service"]),
        ("domain:data-io", ["no domain", "did you mean data-ai"]),
        ("domain:x", ["no domain is called x (there is ", "data-ai"]),
        ("tier:9", ["no tier is called 9 (there is 0, 1, 2)"]),
        ("batch:t9-l9", ["no batch"]),
        ("M06 M77 domain:nope", ["M06", "M77", "nope"]),
        ("outdatd", ["outdatd"]),
    ],
)
def test_terms_that_mean_nothing_here_are_all_named_with_the_nearest(text: str, parts: list[str]):
    with pytest.raises(UsageError) as caught:
        shorts(text)
    assert caught.value.code == "selection/unknown"
    assert caught.value.fix
    assert all(part in caught.value.message for part in parts)


def test_a_file_lists_names_and_an_unknown_one_is_an_error():
    need = Need(Method.FILE, "list")
    chosen = select(parse_selection("file:list"), MESH, {need: frozenset({"M03", "M01-Event-Bus"})})
    assert chosen == ("M01-Event-Bus", "M03-Profile-Service")
    with pytest.raises(UsageError) as caught:
        select(parse_selection("file:list"), MESH, {need: frozenset({"M03", "M33", "M44"})})
    assert "file:list: no service is called M33" in caught.value.message
    assert "M44" in caught.value.message


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("domian:data-ai", ["no selector is called domian", "domain"]),
        ("tier:two", ["a tier is a number"]),
        ("batch:2", ["t<tier>-l<level>"]),
        ("changed:", ["needs a value"]),
        ("changed:--output=x", ["begin with -"]),
        ("+", ["no name"]),
        ("M01,", ["joins nothing"]),
        (",M01", ["joins nothing"]),
        ("M01,,M02", ["joins nothing"]),
        ('"M01', ["quote"]),
        ("M0\x1b[31m", ["?[31m"]),
        ("x:1 tier:a", ["no selector is called x", "a tier is a number"]),
    ],
)
def test_terms_that_are_none_are_all_named(text: str, parts: list[str]):
    with pytest.raises(UsageError) as caught:
        parse_selection(text)
    assert caught.value.code == "selection/syntax"
    assert all(part in caught.value.message for part in parts)
    assert caught.value.message.isprintable()


def test_nothing_chosen_is_an_error():
    for text in ("tier:0,domain:data-ai", "outdated"):
        with pytest.raises(UsageError) as caught:
            shorts(text, outdated_="")
        assert caught.value.code == "selection/empty"
    with pytest.raises(UsageError) as caught:
        select(parse_selection(""), mesh_of({}), {})
    assert caught.value.code == "selection/empty"


def test_a_short_id_of_two_services_is_refused():
    twice = mesh_of({**SERVICES, "M05-Other": ("data-ai", [])})
    assert "index/duplicate-short-id" in {defect.code for defect in twice.defects}
    with pytest.raises(UsageError, match="M05-Payout-Service and of M05-Other"):
        select(parse_selection("M05"), twice, {})


def test_services_on_a_cycle_are_in_no_batch_but_can_be_named():
    mesh = mesh_of({"M01-A": ("data-ai", ["M02-B"]), "M02-B": ("data-ai", ["M01-A"])})
    assert batches_of(mesh.graph) == {}
    assert select(parse_selection("+M01"), mesh, {}) == ("M01-A", "M02-B")
    assert select(parse_selection("tier:2"), mesh, {}) == ("M01-A", "M02-B")


def test_batches_are_in_rollout_order():
    assert batches_of(MESH.graph) == {
        "t0-l0": ("M01-Event-Bus",),
        "t1-l1": ("M02-Authentication",),
        "t1-l2": ("M04-Gateway",),
        "t2-l2": ("M03-Profile-Service",),
        "t2-l3": ("M05-Payout-Service",),
    }
