"""The four inputs of the index, sound and broken."""

from __future__ import annotations

from dataclasses import replace

from made.trees import tree_of
from tierline.mesh.canonical import parse_canonical
from tierline.mesh.model import Canonical
from tierline.mesh.tree import Entry, Kind

LABEL = "viralForge/specs"
DEPLOYMENT = """| Service | Category | Architecture |
|---|---|---|
| M01-A | Core Platform & Foundation | **Microservice** | x |
| M02-B | Financials & Economy | **Microservice** | x |
| M02-B | Analytics & Reporting | **Microservice** | x |
| M03-C | Something Else | **Microservice** | x |
| M04-D | Core Platform & Foundation | **Monolith** | x |

### Data, AI, and Decisioning
- M01-A

## Suggested Microservice Clusters

### Trust, Compliance, and Risk
- M05-E
### Odd & New Things
- M05-E
- M06-F

## Other
- M07-G
"""


def test_all_four():
    canonical, defects = parse_canonical(
        tree_of(
            {
                "service-architecture-map.yaml": (
                    "services:\n  M01-A:\n    architecture: microservice\n"
                    "  M09-Mono:\n    architecture: monolith\n"
                ),
                "dependencies.yaml": (
                    "M01-A:\n  provides:\n    - http\n    - EVENT:x.y\n  depends_on:\n    - DBR:M02-B\n"
                    "M02-B:\n  provides: []\n"
                ),
                "service-deployment-profile.md": DEPLOYMENT,
                "service-category-map.yaml": (
                    "allow_missing_ids: [M27]\nservices:\n  M01-A:\n    supersedes: [M27-Old]\n"
                    "  M02-B:\n    category: x\n"
                ),
                "unrelated.yaml": "{",
            },
            LABEL,
        )
    )
    assert defects == ()
    assert replace(canonical, places={}) == Canonical(
        architecture={"M01-A": "microservice", "M09-Mono": "monolith"},
        depends_on={"M01-A": ("DBR:M02-B",), "M02-B": ()},
        provides={"M01-A": ("http", "EVENT:x.y"), "M02-B": ()},
        domains={
            "M01-A": "core-platform", "M02-B": "data-ai", "M03-C": "integrations",
            "M05-E": "trust-compliance", "M06-F": "odd-new-things",
        },
        supersedes={"M01-A": ("M27-Old",)},
        retired=("M27",),
    )  # fmt: skip
    path = f"{LABEL}/service-category-map.yaml"
    assert {key: str(place) for key, place in canonical.places.items()} == {
        "categories": path,
        "retired:M27": f"{path}:1:21",
        "category:M01-A": f"{path}:3:3",
        "supersedes:M01-A": f"{path}:4:17",
        "supersedes:M01-A:M27-Old": f"{path}:4:18",
        "category:M02-B": f"{path}:5:3",
    }


def test_files_that_are_not_there_are_none():
    assert parse_canonical(tree_of({})) == (Canonical(), ())


def test_one_broken_file_leaves_the_others():
    canonical, defects = parse_canonical(
        tree_of(
            {
                "service-architecture-map.yaml": "services:\n  M01-A:\n    architecture: both\n  x y: {}\n",
                "dependencies.yaml": "M01-A: [",
                "service-deployment-profile.md": Entry(Kind.ESCAPE),
                "service-category-map.yaml": "allow_missing_ids: M27\nservices: {}\n",
            },
            LABEL,
        )
    )
    assert [(d.code, str(d.place)) for d in defects] == [
        ("index/architecture", f"{LABEL}/service-architecture-map.yaml:3:19"),
        ("index/bad-id", f"{LABEL}/service-architecture-map.yaml:4:3"),
        ("index/not-yaml", f"{LABEL}/dependencies.yaml:2:1"),
        ("index/unreadable", f"{LABEL}/service-deployment-profile.md"),
        ("alias-lineage/wrong-type", f"{LABEL}/service-category-map.yaml:1:20"),
    ]
    assert replace(canonical, places={}) == Canonical(architecture={}, supersedes={})
