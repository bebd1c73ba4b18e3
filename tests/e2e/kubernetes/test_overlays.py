"""An environment's overlay, built by the real kubectl: what it makes of each service's objects."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tierline.conductor.overlays import Given, Manifests
from tierline.evidence.content import Content
from tierline.evidence.load import load_mesh
from tierline.policy.builtin import builtin
from tierline.policy.model import EnvironmentKind, Shipping
from tierline.targets.kubernetes.objects import Object

MESH = Path(__file__).resolve().parents[2] / "meshes" / "go-mesh" / "mesh"
PATCHED = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namePrefix: eu-
resources: [../../base]
patches:
  - target: {kind: HorizontalPodAutoscaler}
    patch: |-
      - {op: replace, path: /spec/minReplicas, value: 1}
configMapGenerator:
  - {name: m05-registry-service, behavior: merge, literals: [MODE=eu]}
"""
TAKES_IN = """\
resources:
  - ../../../../services/platform-ops/M05-registry-service/deploy/k8s
commonAnnotations: {from: overlay}
"""


@pytest.fixture
def mesh(tmp_path: Path, kubectl: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout, with kubectl on PATH."""
    monkeypatch.setenv("PATH", f"{kubectl.parent}:/usr/bin:/bin")
    shutil.copytree(MESH, tmp_path / "mesh")
    return tmp_path / "mesh"


def given(root: Path, overlay: str, service: str, text: str = "", named: str = "") -> Given:
    """What an environment `eu` has of a service, with this kustomization."""
    folder = root / "environments/k8s/overlays" / overlay
    folder.mkdir(parents=True, exist_ok=True)
    if text:
        (folder / "kustomization.yaml").write_text(text)
    policy = replace(builtin("eu", EnvironmentKind.LOCAL, "kubernetes"), shipping=Shipping(named))
    loaded = load_mesh(root)
    manifests = Manifests(root, Content.below(root), loaded.services, policy)
    return manifests.of(next(name for name in loaded.services if name.startswith(service)))


def of(found: Given, kind: str) -> list[Object]:
    assert found.troubles == ()
    return [one for one in found.objects if one["kind"] == kind]


def test_an_overlay_that_takes_no_services_in_is_laid_over_each(mesh: Path) -> None:
    found = given(mesh, "eu", "M05", PATCHED)
    (scaler,) = of(found, "HorizontalPodAutoscaler")
    assert scaler["spec"]["minReplicas"] == 1
    assert scaler["spec"]["scaleTargetRef"]["name"] == "eu-m05-registry-service"
    (settings,) = of(found, "ConfigMap")
    assert settings["data"]["MODE"] == "eu"
    assert settings["data"]["DATA_DIR"] == "/data"
    assert "annotations" not in settings["metadata"]
    boxes = [one["spec"]["template"]["spec"]["containers"][0] for one in of(found, "Deployment")]
    assert {one["envFrom"][0]["configMapRef"]["name"] for one in boxes} == {
        settings["metadata"]["name"]
    }


def test_one_that_takes_a_service_in_is_laid_over_the_others_too(mesh: Path) -> None:
    folder = mesh / "services/platform-ops/M05-registry-service/deploy/k8s"
    names = [f"  - {one.name}" for one in sorted(folder.glob("*.yaml"))]
    (folder / "kustomization.yaml").write_text("\n".join(["resources:", *names]) + "\n")
    for service in ("M05", "M06"):
        found = given(mesh, "eu", service, TAKES_IN)
        assert found.objects
        assert {one["metadata"]["annotations"]["from"] for one in found.objects} == {"overlay"}
        assert {one["metadata"]["name"][:3] for one in found.objects} == {service.lower()}


def test_plain_manifests_need_no_kubectl(mesh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    folder = mesh / "environments/k8s/overlays/eu"
    folder.mkdir()
    (folder / "m05.yaml").write_text(
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: m05-registry-service}, data: {A: b}}"
    )
    assert [one["data"] for one in of(given(mesh, "eu", "M05"), "ConfigMap")] == [{"A": "b"}]
    assert of(given(mesh, "eu", "M06"), "ConfigMap")[0]["data"]["HTTP_HOST"] == "0.0.0.0"


def test_without_an_overlay_nothing_changes(mesh: Path) -> None:
    assert given(mesh, "other", "M05", PATCHED) == given(mesh, "third", "M05")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("resources: [https://example.invalid/a/b]", "no 'git' program on path"),
        ("resources: [../../../../../../../etc]", "cannot be built"),
        ("generators: [run.yaml]", "cannot be built"),
        ("helmCharts: [{name: x}]", "must specify --enable-helm"),
        ("resources: [", "kustomization.yaml is no kustomization"),
    ],
)
def test_what_cannot_be_built_is_unknown_with_its_reason(mesh: Path, text: str, told: str) -> None:
    """Nothing is fetched, run, or read from elsewhere."""
    (trouble,) = given(mesh, "eu", "M05", text).troubles
    assert trouble.code == "manifest/overlay"
    assert trouble.unknown
    assert told in trouble.message
    assert "/tmp" not in trouble.message


def test_without_kubectl_it_is_unknown(mesh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    (trouble,) = given(mesh, "eu", "M05", PATCHED).troubles
    assert trouble.message.endswith("has a kustomization, and kubectl is not on PATH")


def test_an_overlay_that_the_policy_names_has_to_be_there(mesh: Path) -> None:
    (trouble,) = given(mesh, "x", "M05", named="europe").troubles
    assert "environments/k8s/overlays/europe" in trouble.message
