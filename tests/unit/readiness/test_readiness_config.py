"""Variables of a configuration beside what its service's deployment defines."""

from __future__ import annotations

from typing import Any

import pytest

from made.readiness_cases import filled, judged, shown

CONFIG = "{P}/configs/default.yaml"
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: profile-service
spec:
  template:
    spec:
      containers:
        - name: api
          image: shop/profile-service:1.0.0
          env:
            - name: POSTGRES_URL
              value: x
          envFrom:
            - configMapRef:
                name: %s
"""
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: own\ndata:\n  %s: x\n"


def of_config(case: dict[str, Any], environment: str) -> list[str]:
    found = judged(case, environment).check.findings
    return [one for one in shown(found) if " config/" in one]


@pytest.mark.parametrize(
    ("named", "key", "environment", "expected"),
    [
        ("own", "OTLP", "staging", []),
        ("own", "OTHER", "local", []),
        ("own", "OTHER", "staging", [f"warn config/not-deployed M02 mesh/{CONFIG}:11"]),
        ("elsewhere", "OTHER", "staging", []),
        ("own", "OTLP_ENDPOINT", "staging", []),
    ],
)
def test_a_variable_that_no_manifest_defines(
    named: str, key: str, environment: str, expected: list[str]
) -> None:
    files = {
        "{P}/deploy/k8s/deployment.yaml": DEPLOYMENT % named,
        "{P}/deploy/k8s/configmap.yaml": CONFIG_MAP % key,
    }
    found = of_config({"write": files}, environment)
    assert found == [filled(one) for one in expected]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [("local", [f"fail config/only-deployed M02 mesh/{CONFIG}:7"]), ("production", [])],
)
def test_a_variable_that_only_compose_defines(environment: str, expected: list[str]) -> None:
    case: dict[str, object] = {
        "edit": [CONFIG, "${POSTGRES_URL}", "${LEDGER_DSN}"],
        "write": {
            "{P}/deploy/compose/service.compose.yaml": "services:\n  profile-service:\n"
            "    image: a:1\n    environment: [LEDGER_DSN=x]\n"
        },
    }
    assert of_config(case, environment) == [filled(one) for one in expected]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("limits:\n  deep:\n    note: ${NOBODY}\n", "fail config/unresolved-variable M02 {}:14"),
        ("limits:\n  hosts_count: ${POSTGRES_URL}\n", "warn config/variable-for-number M02 {}:13"),
        ("limits:\n  hosts_count: ${POSTGRES_URL:-3}\n", ""),
        ("trust:\n  peer_hosts: ${POSTGRES_URL}\n", "warn config/variable-for-list M02 {}:13"),
        ("trust:\n  peer_hosts: [\"${POSTGRES_URL}\"]\n", ""),
    ],
)  # fmt: skip
def test_sections_of_its_own(lines: str, expected: str) -> None:
    found = of_config({"append": [CONFIG, lines]}, "local")
    assert found == ([expected.format(f"mesh/{filled(CONFIG)}")] if expected else [])
