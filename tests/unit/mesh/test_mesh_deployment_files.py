"""Manifests, Compose files, migrations, API contracts: what is taken, whatever shape they have."""

from __future__ import annotations

import pytest

from tierline.mesh.api_contracts import parse_api_contract
from tierline.mesh.compose import parse_compose
from tierline.mesh.k8s import parse_manifest, together
from tierline.mesh.k8s_model import Manifests
from tierline.mesh.makefile import parse_targets
from tierline.mesh.migrations import migrations_of

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: feed}
spec:
  replicas: ${REPLICAS}
  template:
    metadata: {labels: {app: feed}}
    spec:
      containers:
        - name: api
          image: feed:latest
          env:
            - {name: HTTP_PORT, value: "8100"}
            - {name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: feed-secrets, key: db}}}
            - {name: API_KEY, value: hunter2}
          livenessProbe:
            httpGet: {path: "/healthz?token=hunter2", port: 8100}
            periodSeconds: 5
      initContainers:
        - {name: migrate, image: "migrate@sha256:0123456789abcdef0123456789abcdef"}
---
apiVersion: v1
kind: Secret
metadata: {name: feed-secrets}
stringData: {db: hunter2}
---
kind: List
items:
  - kind: ConfigMap
    metadata: {name: feed}
    data: {GRPC_PORT: "9100", TOKEN: hunter2}
  - kind: PodDisruptionBudget
    metadata: {name: feed}
    spec: {maxUnavailable: 25%}
"""


def manifests(text: str) -> tuple[Manifests, list[str]]:
    found, defects = parse_manifest(text.encode(), "f.yaml", "M01-Feed")
    assert all(one.service_id == "M01-Feed" for one in defects)
    return together(found or ()), [f"{one.code} {one.place.line}" for one in defects]


def test_several_documents_and_lists_and_no_value_of_a_variable():
    found, defects = manifests(DEPLOYMENT)
    assert defects == []
    (controller,) = found.controllers
    assert (controller.replicas, controller.label) == (None, "app")
    api, migrate = controller.containers
    assert (api.image, migrate.init) == ("feed:latest", True)
    (probe,) = api.probes
    assert (probe.kind, probe.how, probe.path, probe.port) == (
        "liveness",
        "http",
        "/healthz",
        "8100",
    )
    assert probe.timings == {"periodSeconds": 5}
    assert [(one.name, one.source, one.number) for one in api.variables] == [
        ("HTTP_PORT", "value", 8100),
        ("DB_PASSWORD", "secret feed-secrets", None),
        ("API_KEY", "value", None),
    ]
    assert [(one.kind, [key.name for key in one.keys]) for one in found.settings] == [
        ("Secret", ["db"]),
        ("ConfigMap", ["GRPC_PORT", "TOKEN"]),
    ]
    assert found.budgets[0].maximum_unavailable == "25%"
    assert "hunter2" not in repr(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("a", ["manifests/wrong-type 1"]),
        ("kind: Deployment\n", ["manifests/missing-key 1"] * 2),
        ("kind: Deployment\nmetadata: {name: a}\nspec: []\n", ["manifests/wrong-type 3", "manifests/missing-key 1"]),
        ("kind: Service\nmetadata: {name: a}\nspec: {ports: x}\n", ["manifests/wrong-type 3"]),
        ("metadata: {name: a}\n", ["manifests/missing-key 1"]),
        ("a: {{ .Values.x }}\n", ["manifests/wrong-type 1"]),
        ("kind: Pod\nmetadata: {name: a}\nspec: {containers: [1]}\n", ["manifests/wrong-type 3", "manifests/missing-key 3"]),
    ],
)  # fmt: skip
def test_a_shape_of_another_kind_is_a_defect(text: str, expected: list[str]):
    _, defects = manifests(text)
    if "Values" in text:
        assert defects
    else:
        assert sorted(defects) == sorted(expected)


def test_a_bomb_of_aliases_is_refused():
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    found, defects = parse_manifest("\n".join(lines).encode(), "f.yaml", "M01-Feed")
    assert found is None
    assert [one.code for one in defects] == ["manifests/too-many-values"]


def test_compose_in_both_ways_to_write_an_environment():
    text = """
services:
  api:
    image: app:${TAG:-hunter2}
    environment: {HTTP_PORT: 8100, SECRET: hunter2}
    ports: ["8100:8100", {published: 1, target: 2}]
    healthcheck: {test: x}
  worker:
    build: .
    environment: [GRPC_PORT=9, PASSWORD=hunter2]
    depends_on: [api]
    healthcheck: {disable: true}
"""
    found, defects = parse_compose(text.encode(), "f", "M01-Feed")
    assert found is not None and defects == ()
    api, worker = found
    assert (api.image, api.ports, api.health_checked) == ("app:${TAG}", ("8100:8100", "1:2"), True)
    assert (worker.built, worker.depends_on, worker.health_checked) == (True, ("api",), False)
    assert [(v.name, v.number) for v in worker.variables] == [("GRPC_PORT", 9), ("PASSWORD", None)]
    assert "hunter2" not in repr(found)
    assert parse_compose(b"version: 3\n", "f", "M01-Feed")[0] is None


def test_migrations_by_folder_with_gaps_and_doubles():
    found = migrations_of(
        [
            "db/migrations/001_init.up.sql", "db/migrations/001_init.down.sql",
            "db/migrations/002_users.sql", "db/migrations/002_orders.sql",
            "db/migrations/005_x.sql", "migrations/20260102030405_dated.sql",
            "migrations/readme.md", "seeds/001_x.sql",
        ]
    )  # fmt: skip
    told = {one.folder: ([s.number for s in one.steps], one.twice, one.missing) for one in found}
    assert told == {
        "db/migrations": (["001", "002", "002", "005"], ("2",), (3, 4)),
        "migrations": (["20260102030405"], (), ()),
    }


def test_versions_of_contracts_and_what_a_comment_says_does_not_count():
    proto = b'// package wrong.v9;\nsyntax = "proto3"; /* package x; */\npackage shop.auth.v1beta1;\nservice Auth {}\n'
    found, defects = parse_api_contract(proto, "contracts/proto/a.proto", "f")
    assert found is not None and defects == ()
    assert (found.name, found.version, found.services, found.place.line) == (
        "shop.auth.v1beta1", "v1beta1", ("Auth",), 3,
    )  # fmt: skip
    openapi = b"openapi: 3.1.0\ninfo: {title: M01-Feed}\n"
    found, defects = parse_api_contract(openapi, "contracts/openapi/a.yaml", "f")
    assert found is not None and (found.name, found.version) == ("M01-Feed", "")
    assert [one.code for one in defects] == ["openapi-breaking/missing-key"]


def test_targets_are_known_unless_more_may_be_made():
    assert parse_targets(b"X := 1\n.PHONY: run\nrun build: x\n\techo a: b\n", "Makefile") == {
        ".PHONY", "run", "build",
    }  # fmt: skip
    assert parse_targets(b"include other.mk\nrun:\n", "Makefile") is None
    assert parse_targets(b"%.o: %.c\n", "Makefile") is None
