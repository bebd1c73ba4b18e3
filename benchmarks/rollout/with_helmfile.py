"""Helmfile with Helm: one release a service, `needs` by the graph, and waiting for each release."""

from __future__ import annotations

from pathlib import Path

import yaml
from beds import rivals
from site_of_rollout import Command, Site


def helmfile(site: Site) -> Command:
    """`helmfile sync`, with no limit to how many run at once: it has no diff plugin to ask first."""
    programs, owners = rivals.built(), site.owners()
    charts = {
        name: _chart(site.home / "charts" / name, text) for name, text in site.texts().items()
    }
    state = {
        "helmBinary": str(programs["helm"]),
        "helmDefaults": {"wait": True, "timeout": site.patience, "createNamespace": False},
        "releases": [
            {
                "name": name,
                "namespace": site.namespace,
                "chart": str(chart),
                "needs": [f"{site.namespace}/{owner}" for owner in owners[name]],
            }
            for name, chart in charts.items()
        ],
    }
    file = site.home / "helmfile.yaml"
    file.write_text(yaml.safe_dump(state, sort_keys=False))
    words = ["--file", str(file), "--skip-deps", "--no-color", "sync"]
    kept = {
        f"HELM_{kind}_HOME": str(site.home / kind.lower()) for kind in ("CACHE", "CONFIG", "DATA")
    }
    return Command(
        [str(programs["helmfile"]), *words], {"KUBECONFIG": str(site.bed.kubeconfig), **kept}
    )


def _chart(folder: Path, text: str) -> Path:
    (folder / "templates").mkdir(parents=True)
    (folder / "templates" / "all.yaml").write_text(text)
    chart = {"apiVersion": "v2", "name": folder.name, "version": "1.0.0"}
    (folder / "Chart.yaml").write_text(yaml.safe_dump(chart))
    return folder
