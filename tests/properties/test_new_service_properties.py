"""Whatever services are added to a mesh, it passes its own gates and each owner has an address."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from made.readiness_cases import same_contracts
from tierline.contracts.proto import ProtoFacts
from tierline.facts.decision import Severity
from tierline.mesh.index import PATH
from tierline.mesh.model import Mesh
from tierline.mesh.names import index_key
from tierline.mesh.owner_keys import match_owner
from tierline.mesh.parse import parse_mesh
from tierline.mesh.profiles import BUILT_IN, DOMAINS
from tierline.mesh.tree import Tree
from tierline.policy.builtin import builtin
from tierline.policy.model import EnvironmentKind
from tierline.readiness.check import check
from tierline.readiness.facts import GateFacts
from tierline.scaffold.asked import Asked, blank, judge
from tierline.scaffold.blank_mesh import blank_mesh
from tierline.scaffold.blank_service import blank_service, keys_of
from tierline.scaffold.canonical_files import Canonical, canonical_files
from tierline.scaffold.joining import join_mesh
from tierline.scaffold.written import written

WORDS = st.sampled_from(
    [
        "Account",
        "Accounts",
        "API",
        "Risk",
        "Risk-Scoring",
        "Service",
        "3D",
        "Order.Book",
        "a",
        "Gate_Way",
    ]
)
NAMES = st.lists(WORDS, min_size=1, max_size=3).map("-".join)
EXPECTED = {"index/no-services", "index/freshness-not-judged", "lifecycle/not-listed",
            "load-order/tier-inversion"}  # fmt: skip


def files_of(pairs: object) -> dict[str, bytes]:
    return {path: text.encode() for path, text in pairs}  # type: ignore[attr-defined]


def empty(profile: str) -> Tree:
    return written(Tree("mesh"), files_of(blank_mesh("shop", BUILT_IN[profile])))


def found(mesh: Mesh, tree: Tree) -> set[str]:
    policy = builtin("local", EnvironmentKind.LOCAL, "local")
    proto = ProtoFacts(idle="none moved")
    facts = GateFacts(tree, proto=proto, then=same_contracts(tree))
    result = check(mesh, facts, policy, None, 0.0)
    told = {one.code for one in result.findings if not one.code.endswith("/not-judged")}
    assert all(one.status is Severity.WARN for one in result.findings if one.code in told)
    return told


@given(
    st.sampled_from(sorted(BUILT_IN)),
    st.lists(
        st.tuples(st.integers(0, 99), NAMES, st.sampled_from(sorted(DOMAINS)), st.integers(0, 9)),
        min_size=1,
        max_size=4,
    ),
    st.booleans(),
)
def test_a_mesh_that_grows_stays_sound(
    profile: str, wanted: list[tuple[int, str, str, int]], with_inputs: bool
) -> None:
    tree = empty(profile)
    inputs = Tree("viralForge/specs")
    if with_inputs:
        own = ((path.rpartition("/")[2], text) for path, text in canonical_files(Canonical(())))
        inputs = written(inputs, files_of(own))
    canonical = inputs if with_inputs else None
    for number, name, domain, owners in wanted:
        mesh = parse_mesh(tree, canonical)
        known = tuple(mesh.services)[: owners % (len(mesh.services) + 1)]
        asked = Asked(f"M{number:02}-{name}", domain, known)
        if judge(asked, mesh, tree):
            assert any(one.startswith(f"M{number:02}-") for one in mesh.services)
            continue
        new = blank(asked, mesh, tree)
        joined = join_mesh(new, mesh, tree, canonical)
        assert joined.problems == ()
        edits = {one.path: one.content for one in joined.edits if one.tree is tree}
        tree = written(tree, {**files_of(blank_service(new)), **edits})
        if canonical is not None:
            others = {one.path: one.content for one in joined.edits if one.tree is canonical}
            canonical = written(canonical, others)
    mesh = parse_mesh(tree, canonical)
    assume(mesh.services)
    assert found(mesh, tree) <= EXPECTED
    assert list(mesh.services) == sorted(mesh.services, key=index_key)
    assert PATH in tree.entries
    ports = [
        port.number for one in mesh.services.values() if one.config for port in one.config.ports
    ]
    assert len(ports) == len(set(ports)) == 2 * len(mesh.services)


@given(st.dictionaries(st.integers(0, 99), NAMES, max_size=6))
def test_every_key_leads_to_its_owner(wanted: dict[int, str]) -> None:
    owners = {f"M{number:02}-{name}": "" for number, name in wanted.items()}
    keys = keys_of(owners)
    assert {owner: match_owner(key, owners) for owner, key in keys.items()} == {
        owner: owner for owner in owners
    }
    assert len(set(keys.values())) == len(owners)
