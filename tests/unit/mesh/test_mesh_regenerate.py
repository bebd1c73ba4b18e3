"""What is generated, from which source, and what stops it."""

from __future__ import annotations

import pytest

from made.trees import tree_of
from tierline.mesh.generated import prose_of
from tierline.mesh.parse import parse_mesh
from tierline.mesh.regenerate import Regenerated, regenerate

INDEX, ORDER = "services/services-index.yaml", "docs/dependency-load-order.md"
ARCHITECTURE = """\
services:
  M02-Profile-Service:
    architecture: microservice
  M01-Auth-Service:
    architecture: microservice
  M31-Archive:
    architecture: monolith
"""
DEPENDENCIES = """\
M02-Profile-Service:
  provides: [http, EVENT:user.changed]
  depends_on: [DBR:M31-Archive, DBR:M01-Auth-Service, EVENT:user.left]
"""
DEPLOYMENT = """\
| M01-Auth-Service | Core Platform & Foundation | **Microservice** |

## Suggested Microservice Clusters

### Data, AI, and Decisioning

- M02-Profile-Service
"""
INPUTS = {
    "service-architecture-map.yaml": ARCHITECTURE,
    "dependencies.yaml": DEPENDENCIES,
    "service-deployment-profile.md": DEPLOYMENT,
}


def made(files: dict[str, str], inputs: dict[str, str] | None) -> Regenerated:
    tree = tree_of(files)
    canonical = None if inputs is None else tree_of(inputs, "viralForge/specs")
    return regenerate(parse_mesh(tree, canonical), tree, canonical)


def test_both_files_come_from_the_inputs_and_pass_their_own_comparison() -> None:
    found = made({}, INPUTS)
    assert found.missing == found.problems == ()
    assert found.texts[INDEX] == (
        "version: 1\n"
        "generated_by: mesh/scripts/generate-mesh-index.sh\n"
        "services:\n"
        "  - service_id: M01-Auth-Service\n"
        "    architecture: microservice\n"
        "    cluster: core-platform\n"
        "    module_path: mesh/services/core-platform/M01-auth-service\n"
        "    dbr_deps:\n"
        "      []\n"
        "    event_deps:\n"
        "      []\n"
        "    provides:\n"
        "      []\n"
        "  - service_id: M02-Profile-Service\n"
        "    architecture: microservice\n"
        "    cluster: data-ai\n"
        "    module_path: mesh/services/data-ai/M02-profile-service\n"
        "    dbr_deps:\n"
        "      - M01-Auth-Service\n"
        "      - M31-Archive\n"
        "    event_deps:\n"
        "      - user.left\n"
        "    provides:\n"
        "      - EVENT:user.changed\n"
        "      - http\n"
    )
    again = made(dict(found.texts), INPUTS)
    assert again.texts == found.texts


def test_without_inputs_only_the_load_order_is_derived_from_the_index() -> None:
    index = made({}, INPUTS).texts[INDEX]
    found = made({INDEX: index}, None)
    assert set(found.texts) == {ORDER}
    assert "| M02-Profile-Service | M01-Auth-Service | 1 |" in found.texts[ORDER]
    assert found.missing == tuple(INPUTS)


def test_what_people_wrote_in_the_load_order_stays() -> None:
    written = made({}, INPUTS).texts[ORDER]
    own = written.replace("(domain clusters)", "(everything else)").partition("## Boundary Rule")[0]
    own += "## Boundary Rule\n\n- Ask first.\n- Then ask again.\n"
    assert made({ORDER: own}, INPUTS).texts[ORDER] == own
    assert prose_of("") == prose_of(written)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("dependencies.yaml", "M02-Profile-Service: [", "dependencies.yaml:"),
        ("dependencies.yaml", "M02-Profile-Service:\n  provides: [ftp]\n", "ftp is neither"),
        ("dependencies.yaml", "M02-Profile-Service:\n  depends_on: [M01]\n", "M01 is neither"),
        (
            "dependencies.yaml",
            (
                "M02-Profile-Service:\n  depends_on: [DBR:M01-Auth-Service]\n"
                "M01-Auth-Service:\n  depends_on: [DBR:M02-Profile-Service]\n"
            ),
            "M01-Auth-Service -> M02-Profile-Service -> M01-Auth-Service",
        ),
    ],
)
def test_unsound_inputs_generate_nothing_and_are_named(name: str, text: str, said: str) -> None:
    found = made({}, {**INPUTS, name: text})
    assert found.texts == {}
    assert said in " ".join(f"{one.place}: {one.message}" for one in found.problems)


def test_an_unsound_index_without_inputs_generates_nothing() -> None:
    found = made({INDEX: "version: 1\nservices:\n  - service_id: nonsense\n"}, None)
    assert [one.code for one in found.problems] == ["index/bad-id"]
    assert found.texts == {}


def test_an_empty_mesh_has_an_index_and_an_order() -> None:
    empty = {"service-architecture-map.yaml": "services: {}\n", "dependencies.yaml": "{}\n"}
    found = made({}, {**INPUTS, **empty})
    assert found.texts[INDEX].endswith("services:\n  []\n")
    assert "- Total microservices: 0\n" in found.texts[ORDER]
    tree = tree_of(found.texts)
    generated = {tree.shown(path) for path in found.texts}
    assert [one for one in parse_mesh(tree).defects if one.place.path in generated] == []
