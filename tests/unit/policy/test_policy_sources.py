"""Sources of telemetry in a policy file: what they may say, and where each error is."""

from __future__ import annotations

import pytest

from tierline.evidence.signals.table import SOURCES
from tierline.facts.evidence import SignalKind
from tierline.policy.file import parse_policy, policy_schema
from tierline.policy.model import EventSource, SignalSource
from tierline.targets.asking.bus import BUSES

WHOLE = """\
version = 1
[environments.eu.sources.metrics]
kind = "prometheus"
url = "https://prometheus.example/mesh/"
labels = { service = "service_name", instance = "pod_uid" }
metric = "process_start_time_seconds"
match = 'cluster="eu-1"'
token_file = "prometheus.token"
every = 10
[environments.eu.sources.traces]
kind = "tempo"
url = "http://tempo:3200"
tenant = "shop"
"""
ONE = 'version = 1\n[environments.eu.sources.{}]\nkind = "{}"\n{}\n'


def test_all_that_can_be_said() -> None:
    read, defects = parse_policy(WHOLE, "policy.toml")
    assert defects == ()
    assert read is not None
    assert read.environments["eu"].access.sources == (
        SignalSource(
            SignalKind.METRICS,
            "prometheus",
            "https://prometheus.example/mesh",
            {"service": "service_name", "instance": "pod_uid"},
            "process_start_time_seconds",
            'cluster="eu-1"',
            "",
            "prometheus.token",
            10.0,
        ),
        SignalSource(SignalKind.TRACES, "tempo", "http://tempo:3200", tenant="shop"),
    )


@pytest.mark.parametrize(
    ("signal", "kind", "line", "words"),
    [
        ("metrics", "loki", 'url = "http://l"', "kind"),
        ("traces", "zipkin", 'url = "http://z"', "kind"),
        ("logs", "loki", 'url = "ftp://l"', "url"),
        ("logs", "loki", 'url = "http://user:secret@l"', "and no more"),
        ("logs", "loki", 'url = "http://l/?a=b"', "and no more"),
        ("logs", "loki", "every = 5", "url"),
        ("logs", "loki", 'url = "http://l"\nevery = 0.1', "every"),
        ("logs", "loki", 'url = "http://l"\nmatch = "a}"', "match"),
        ("logs", "loki", 'url = "http://l"\nlabels = { service = "a b" }', "labels.service"),
        ("logs", "loki", 'url = "http://l"\nlabels = { service = "a.b" }', "labels.service"),
        ("logs", "loki", 'url = "http://l"\nmetric = "x"', "metric"),
        ("metrics", "prometheus", 'url = "http://p"\nmetric = "up"', "not that it answered"),
        ("metrics", "prometheus", 'url = "http://p"\nmetric = "scrape_x"', "not that it answered"),
    ],
)
def test_what_cannot_be_meant(signal: str, kind: str, line: str, words: str) -> None:
    read, defects = parse_policy(ONE.format(signal, kind, line), "policy.toml")
    assert read is None
    assert any(words in defect.message for defect in defects), defects
    assert all(defect.place.line for defect in defects)


def test_every_kind_that_a_file_may_name_can_be_asked() -> None:
    definitions = policy_schema()["$defs"]
    assert isinstance(definitions, dict)
    named: set[str] = set()
    for table in ("MetricsSource", "LogsSource", "TracesSource"):
        kind = definitions[table]["properties"]["kind"]
        named.update(kind.get("enum", [kind.get("const")]))
    assert named == SOURCES.keys()


def test_the_bus_that_events_are_read_on() -> None:
    text = 'version = 1\n[environments.eu.sources.events]\nkind = "{}"\nservice = "{}"\n'
    read, defects = parse_policy(text.format("http-log", "M10-Bus"), "policy.toml")
    assert defects == ()
    assert read is not None
    assert read.environments["eu"].access.bus == EventSource("http-log", "M10-Bus")
    for kind, service, words in (("kafka", "M10-Bus", "kind"), ("http-log", "a b", "service")):
        read, (defect,) = parse_policy(text.format(kind, service), "policy.toml")
        assert read is None
        assert words in defect.message
    definitions = policy_schema()["$defs"]
    assert isinstance(definitions, dict)
    assert {definitions["EventsSource"]["properties"]["kind"]["const"]} == BUSES.keys()
