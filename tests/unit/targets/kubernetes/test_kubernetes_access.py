"""How a cluster is reached, whose lease it is, and what its refusals mean."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from tierline.errors import PermanentError
from tierline.facts.observation import Refused, Unknown
from tierline.targets.kubernetes.answers import ApiRefusal, outcome_of, refusal
from tierline.targets.kubernetes.kubeconfig import Login, reach
from tierline.targets.kubernetes.lease import held_of, lease_of
from tierline.targets.protocol import Holder

CONFIG = f"""\
apiVersion: v1
kind: Config
current-context: eu
contexts:
  - name: eu
    context: {{cluster: c, user: u}}
  - name: us
    context: {{cluster: c, user: v}}
clusters:
  - name: c
    cluster: {{server: "https://10.0.0.1:6443/", certificate-authority-data: {base64.b64encode(b"CA").decode()}}}
users:
  - name: u
    user: {{token: secret}}
  - name: v
    user: {{exec: {{command: aws, args: [eks, get-token], env: [{{name: A, value: b}}]}}}}
"""
ME = Holder("ada", "host", "boot", 7, 9, "rollout", "/m")


def written(folder: Path, text: str = CONFIG) -> str:
    file = folder / "config"
    file.write_text(text)
    return str(file)


def test_a_context_says_server_authority_and_login(tmp_path: Path) -> None:
    found = reach(written(tmp_path), "", {})
    assert (found.server, found.authority, found.login) == (
        "https://10.0.0.1:6443", b"CA", Login("secret"),
    )  # fmt: skip
    other = reach(written(tmp_path), "us", {})
    assert (other.login.argv, other.login.variables) == (("aws", "eks", "get-token"), {"A": "b"})


def test_the_file_is_the_policys_then_the_environments(tmp_path: Path) -> None:
    assert reach("", "", {"KUBECONFIG": written(tmp_path)}).server == "https://10.0.0.1:6443"
    home = tmp_path / "home"
    (home / ".kube").mkdir(parents=True)
    (home / ".kube/config").write_text(CONFIG.replace("10.0.0.1", "10.0.0.2"))
    assert reach("", "", {"HOME": str(home)}).server == "https://10.0.0.2:6443"


@pytest.mark.parametrize(
    ("was", "now", "fact"),
    [
        ("current-context: eu\n", "", "names no current-context"),
        ("cluster: c, user: u", "cluster: x, user: u", "has no entry x in clusters"),
        ("https://10.0.0.1:6443/", "ftp://x", "has no server"),
        ("kind: Config", "kind: [", "is no kubeconfig"),
    ],
)
def test_what_is_wrong_with_the_file_is_told(tmp_path: Path, was: str, now: str, fact: str) -> None:
    with pytest.raises(PermanentError, match=fact) as raised:
        reach(written(tmp_path, CONFIG.replace(was, now)), "", {})
    assert "secret" not in raised.value.message


def test_without_any_cluster_it_says_so() -> None:
    with pytest.raises(PermanentError, match="no cluster is known"):
        reach("", "", {})


def test_a_lease_is_read_as_it_was_written() -> None:
    item = lease_of("l", ME, 4, 1000.5, "9")
    assert item["metadata"]["resourceVersion"] == "9"
    held = held_of(item)
    assert (held.holder, held.token, held.renewed, held.ends()) == (ME, 4, 1000.5, 1010.5)
    free = held_of(lease_of("l", None, 4, 1000.5, ""))
    assert (free.holder, free.token, free.seconds) == (None, 4, 0.0)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"name": 1}', "null"])
def test_a_lease_of_somebody_else_has_no_holder_of_ours(text: str) -> None:
    item = lease_of("l", ME, 4, 0.0, "")
    item["metadata"]["annotations"] = {"tierline.dev/holder": text}
    assert held_of(item).holder is None


def test_conflicts_name_the_other_manager() -> None:
    body = {
        "kind": "Status",
        "message": "Apply failed with 1 conflict",
        "details": {"causes": [{
            "reason": "FieldManagerConflict",
            "message": 'conflict with "argocd" using apps/v1',
            "field": ".spec.replicas",
        }]},
    }  # fmt: skip
    found = outcome_of(refusal(409, {}, json.dumps(body).encode()), "Deployment a")
    message = (
        "Deployment a: other managers own .spec.replicas (argocd); "
        "take_over in the policy would take them"
    )
    assert found == Refused("apply/conflict", message)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, Refused("apply/invalid", "x: no")), (422, Refused("apply/invalid", "x: no")),
        (403, Refused("apply/forbidden", "x: no")), (404, Refused("apply/no-place", "x: no")),
        (409, Refused("apply/moved", "x: no", temporary=True)),
        (429, Refused("apply/busy", "x: no", temporary=True)),
        (500, Unknown("x: no")), (503, Unknown("x: no")), (0, Unknown("x: no")),
    ],
)  # fmt: skip
def test_what_became_of_an_effect(status: int, expected: object) -> None:
    assert outcome_of(ApiRefusal(status, "no", {}), "x") == expected


def test_a_refusal_is_read_whatever_its_body_is() -> None:
    for body in (b"<html>busy</html>", b"", b"[" * 10_000, b'{"message": 7}', b"\xff"):
        assert refusal(503, {"retry-after": "2"}, body).retry_after == 2.0
    assert refusal(503, {"retry-after": "soon"}, b"").retry_after == 0.0
