"""What kind of repository a mesh is: its domains, tiers, files and languages, as a value."""

from __future__ import annotations

from collections.abc import Mapping

from tierline.frozen import frozen


@frozen
class Profile:
    """A shape of mesh. `{folder}`, `{domain}` stand for the service's folder name and domain.

    `domains` maps domain -> tier in the order in which tiers are documented. `mesh_files` and
    `service_files` are required, regular and not empty; a `.gitkeep` among them is required only
    where its folder is otherwise empty. `workloads` maps workload -> the file that it starts from,
    relative to the service; a workload `*` stands for every name that its pattern finds
    (`cmd/*/main.go`). `language` (go, python, node) is how such a file is built and run.
    """

    name: str
    domains: Mapping[str, int]
    mesh_files: tuple[str, ...]
    service_files: tuple[str, ...]
    language: str
    workloads: Mapping[str, str]
    required_workloads: tuple[str, ...]
    module_path: str
    """`<prefix>/services/{domain}/{folder}`: what go.mod declares; "" where there is none"""
    bootstrap_folder: str
    """where `func Build(` or `func NewRuntime(` is; "" where there is none"""
    mesh_folders: tuple[str, ...] = ()
    """folders of the mesh that must exist"""

    def tier_of(self, domain: str) -> int:
        """The tier of a domain; one that the profile does not name is in the last."""
        return self.domains.get(domain, max(self.domains.values(), default=0))
