"""The environment variables of a workload: clean, the same wherever the command was typed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tierline.supervisor.layout import launch_id
from tierline.targets.local.messages import Launch, Workload

_INHERITED = ("PATH", "HOME", "LANG", "TZ")
_PATH = "/usr/local/bin:/usr/bin:/bin"


def environment(
    ours: Mapping[str, str], launch: Launch, workload: Workload, otlp_url: str, data: Path
) -> dict[str, str]:
    """What is inherited, then what the launch gives, then what must be ours.

    Telemetry must reach our receiver and say who sent it, whatever a service's own files declare.
    """
    found = {name: ours[name] for name in _INHERITED if name in ours}
    found.setdefault("PATH", _PATH)
    found.update(workload.env)
    found["DATA_DIR"] = str(data)
    if otlp_url:
        found.update(_telemetry(launch, workload, otlp_url))
    return found


def _telemetry(launch: Launch, workload: Workload, otlp_url: str) -> Mapping[str, str]:
    resource = {
        "service.name": launch.service_id,
        "service.version": launch.revision,
        "service.instance.id": launch_id(launch.key, workload.name),
    }
    return {
        "OTEL_EXPORTER_OTLP_ENDPOINT": otlp_url,
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json",
        "OTEL_METRIC_EXPORT_INTERVAL": "1000",
        "OTEL_SERVICE_NAME": launch.service_id,
        "OTEL_RESOURCE_ATTRIBUTES": ",".join(f"{k}={_quoted(v)}" for k, v in resource.items()),
    }


def _quoted(value: str) -> str:
    """As the specification wants it: separators percent-encoded."""
    return value.replace("%", "%25").replace(",", "%2C").replace("=", "%3D")
