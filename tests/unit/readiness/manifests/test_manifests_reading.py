"""Tests of reading a service's manifests once for all gates that ask."""

from __future__ import annotations

from dataclasses import replace

from made.readiness_cases import judged
from made.small_mesh import PROFILE, folder
from tierline.mesh.tree import Entry, Kind
from tierline.readiness.facts import ServiceFacts, facts_of_services
from tierline.readiness.manifests.reading import manifests_of, variables_of

CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: profile
data:
  HTTP_PORT: "8080"
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: profile
spec:
  template:
    spec:
      containers:
        - name: api
          envFrom:
            - configMapRef:
                name: profile
            - secretRef:
                name: profile
          env:
            - name: POSTGRES_URL
              value: here
"""


def facts(files: dict[str, str | None]) -> ServiceFacts:
    """The profile service of the small mesh with these manifests."""
    found = judged({})
    each = facts_of_services(found.mesh, found.facts.tree, found.policy)
    profile = next(one for one in each if one.service.service_id == PROFILE)
    entries = {
        f"deploy/k8s/{name}": Entry(Kind.UNREADABLE)
        if text is None
        else Entry(Kind.FILE, len(text), text.encode())
        for name, text in files.items()
    }
    return replace(profile, files=entries)


def test_objects_come_in_the_order_of_files_and_documents_with_their_nodes() -> None:
    read = manifests_of(facts({"b.yaml": DEPLOYMENT, "a.yaml": f"{CONFIG_MAP}---\n{CONFIG_MAP}"}))
    base = f"mesh/{folder(PROFILE)}/deploy/k8s"
    assert [(one.path, one.node.line) for one in read.objects] == [
        (f"{base}/a.yaml", 1), (f"{base}/a.yaml", 8), (f"{base}/b.yaml", 1),
    ]  # fmt: skip
    assert [one.name for one in read.declared.controllers] == ["profile"]
    assert (read.unread, read.defects) == ((), ())


def test_a_file_that_cannot_be_read_is_named_and_the_others_count() -> None:
    read = manifests_of(facts({"a.yaml": CONFIG_MAP, "b.yaml": "a: [", "c.yaml": None}))
    assert [one.path.rpartition("/")[2] for one in read.objects] == ["a.yaml"]
    assert [path.rpartition("/")[2] for path in read.unread] == ["b.yaml", "c.yaml"]
    assert [one.code for one in read.defects] == ["manifests/not-yaml"]


def test_the_same_facts_are_parsed_once() -> None:
    one = facts({"a.yaml": CONFIG_MAP})
    assert manifests_of(one) is manifests_of(one)


def test_variables_are_those_of_containers_and_of_whole_config_maps() -> None:
    read = manifests_of(facts({"configmap.yaml": CONFIG_MAP, "deployment.yaml": DEPLOYMENT}))
    assert {name: place.line for name, place in variables_of(read.declared).items()} == {
        "POSTGRES_URL": 16,
        "HTTP_PORT": 6,
    }


def test_a_config_map_of_another_name_defines_nothing() -> None:
    other = CONFIG_MAP.replace("name: profile", "name: other")
    read = manifests_of(facts({"configmap.yaml": other, "deployment.yaml": DEPLOYMENT}))
    assert set(variables_of(read.declared)) == {"POSTGRES_URL"}
