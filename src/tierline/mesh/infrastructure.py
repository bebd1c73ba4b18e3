"""Names the systems besides services that a mesh may need: databases, brokers, stores; knows no host."""

from __future__ import annotations

from collections.abc import Iterator

from tierline.regex import regex

SYSTEMS = {
    "postgresql": ("postgres", "postgresql", "pg", "pgsql"),
    "mysql": ("mysql", "mariadb"),
    "redis": ("redis", "rediss", "valkey"),
    "kafka": ("kafka", "redpanda"),
    "rabbitmq": ("rabbitmq", "amqp", "amqps"),
    "nats": ("nats", "jetstream"),
    "mongodb": ("mongo", "mongodb"),
    "elasticsearch": ("elasticsearch", "elastic", "opensearch"),
    "clickhouse": ("clickhouse",),
    "cassandra": ("cassandra", "scylla"),
    "memcached": ("memcached", "memcache"),
    "object storage": ("s3", "minio"),
    "etcd": ("etcd",),
    "vault": ("vault",),
    "temporal": ("temporal",),
    "mail": ("smtp", "smtps"),
    "telemetry collector": ("otlp", "otel"),
}
"""what a system is called here -> words for it in keys, schemes and prose"""

_BY_WORD = {word: name for name, words in SYSTEMS.items() for word in words}
_WORD = regex(r"[a-z0-9]+")
_COMMON = frozenset({"pg", "elastic", "temporal", "vault", "otlp", "otel"})
"""words that prose uses for other things, too"""


def system_of(key: str, value: str = "") -> str:
    """Which system a configuration key or the scheme of its value means; "" for none that is known."""
    scheme = value.partition("://")[0].lower() if "://" in value else ""
    words = (scheme, *_WORD.findall(key.lower()))
    return next((_BY_WORD[word] for word in words if word in _BY_WORD), "")


def named_in(text: str) -> Iterator[str]:
    """The systems that a sentence names, each once."""
    found = (word for word in _WORD.findall(text.lower()) if word not in _COMMON)
    yield from dict.fromkeys(_BY_WORD[word] for word in found if word in _BY_WORD)
