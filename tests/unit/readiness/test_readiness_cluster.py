"""What an environment's policy and `environments/k8s` say of the cluster that manifests are for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from made.readiness_cases import judged
from made.small_mesh import tree_of
from tierline.policy.builtin import builtin
from tierline.policy.file import parse_policy
from tierline.policy.model import EnvironmentKind, Trust
from tierline.policy.resolve import resolve
from tierline.readiness.cluster import Cluster, cluster_of
from tierline.readiness.manifests.judge import judge_cluster

POLICY = builtin("production", EnvironmentKind.PRODUCTION, "kubernetes")
FILES = {
    "environments/k8s/base/shared.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: shared\n"
    "data:\n  B: b\n  A: a\n---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: sealed\n",
    "environments/k8s/overlays/production/kustomization.yaml": "kind: Kustomization\n"
    "configMapGenerator:\n  - name: made\n  - nothing\nsecretGenerator:\n  - name: keys\n",
    "environments/k8s/broken.yaml": "a: [",
}


def test_a_cluster_is_what_policy_and_folder_say() -> None:
    policy = replace(
        POLICY,
        kubernetes="1.30",
        namespace="mesh",
        secrets=("db",),
        trust=Trust(registries=("ghcr.io",), kinds=("Role",)),
    )
    assert cluster_of(tree_of(FILES, "mesh"), policy) == Cluster(
        30, "mesh", ("ghcr.io",), ("Role",), {"shared": ("A", "B"), "made": None},
        ("db", "sealed", "keys"),
    )  # fmt: skip


def test_nothing_said_is_the_assumed_version() -> None:
    assert cluster_of(tree_of({}, "mesh"), POLICY) == Cluster()


@pytest.mark.parametrize(
    ("kind", "version", "codes"),
    [
        (EnvironmentKind.LOCAL, "", []),
        (EnvironmentKind.STAGING, "", ["manifests/version-assumed"]),
        (EnvironmentKind.STAGING, "1.24", ["manifests/version-unknown"]),
        (EnvironmentKind.STAGING, "1.25", []),
        (EnvironmentKind.STAGING, "1.37", []),
        (EnvironmentKind.STAGING, "1.38", ["manifests/version-unknown"]),
    ],
)
def test_a_version_is_known_assumed_or_unknown(
    kind: EnvironmentKind, version: str, codes: list[str]
) -> None:
    policy = replace(POLICY, kind=kind, kubernetes=version)
    assert [one.code for one in judge_cluster(judged({}).mesh, policy)] == codes


def test_a_policy_file_says_what_a_cluster_has() -> None:
    file, defects = parse_policy(
        'version = 1\n[environments.eu]\nkubernetes = "1.33"\nsecrets = ["db"]\n'
        '[trust]\nkinds = ["Role"]\n',
        "policy.toml",
    )
    assert defects == ()
    policy, _ = resolve("eu", file, judged({}).mesh.settings)
    assert (policy.kubernetes, policy.secrets, policy.trust.kinds) == ("1.33", ("db",), ("Role",))


@pytest.mark.parametrize(
    "line", ['kubernetes = "1.3.1"', 'kubernetes = "v1.30"', 'secrets = ["A b"]']
)
def test_a_policy_file_is_strict(line: str) -> None:
    file, defects = parse_policy(f"version = 1\n[environments.eu]\n{line}\n", "policy.toml")
    assert file is None
    assert [one.code for one in defects] == ["settings/policy-file"]
