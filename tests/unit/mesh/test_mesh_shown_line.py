"""A line of a file as it is shown: no secret in it, and what stands before one stays in its column."""

from __future__ import annotations

import pytest

from tierline.mesh.redact import HIDDEN, shown_line

CANARY = "k4n4ryBird"


@pytest.mark.parametrize(
    "line",
    [
        "password: {}",
        'PASSWORD="{}"',
        "export API_TOKEN={}",
        "  value: {}",
        "      - value: '{}' # of the database",
        "data: {}",
        "  dsn: postgres://u:{}@db/x",
        "postgres_url: postgres://mesh:{}@127.0.0.1/mesh",
        '  "client_secret": "{}",',
        '- name: DB_PASSWORD, value: "{}"',
        'args: ["--password", "{}"]',
        '  - "--token={}"',
        "command: curl -H 'Authorization: Bearer {}'",
        'env = {{ TOKEN = "{}" }}',
        "spring.datasource.password={}",
        "url: https://hooks.example/{}",
    ],
)
def test_no_secret_is_in_a_line(line: str) -> None:
    shown = shown_line(line.format(CANARY))
    assert CANARY not in shown
    assert HIDDEN in shown or "://" in shown


@pytest.mark.parametrize(
    "line",
    [
        "  - M31-Customer-Archive",
        "    dbr_deps:",
        "  http_port: [8080",
        "  kafka_brokers: ${KAFKA_BROKERS}",
        "  http_port: 8080",
        "  cluster: core-platform",
        "  grpc_port: 9090,",
        "module example.org/mesh/services/core-platform/M01-auth",
        "- Total microservices: 5",
        "### Level 3",
        "  password: ${PASSWORD}",
        "service:",
        "",
    ],
)
def test_what_is_harmless_is_shown_as_it_is(line: str) -> None:
    assert shown_line(line) == line


def test_a_long_line_is_cut_and_no_line_takes_long() -> None:
    assert len(shown_line("x" * 10_000_000)) <= 2000
    for line in ("a" * 2000, " - " * 700, "key" * 700, '"' * 2000, "a:" * 1000, "{" * 2000):
        shown_line(line)
