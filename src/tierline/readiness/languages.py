"""Which required files go with a language, and what a service that nothing starts might be started with.

Judges names of files only; what is in them is for parsers and builds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from tierline.mesh.clean import clean
from tierline.mesh.model import Service
from tierline.mesh.profile import Profile

_NAMES = {
    "go": ("go.mod", "go.sum", ".golangci.yml"),
    "python": ("pyproject.toml",),
    "node": ("package.json", "package-lock.json"),
}
_ENDINGS = {"go": (".go",), "python": (".py",), "node": (".js", ".mjs", ".cjs", ".ts")}
_USUAL = (
    ("main.go", ("go", "run", ".")),
    ("main.py", ("python3", "main.py")),
    ("app.py", ("python3", "app.py")),
    ("server.py", ("python3", "server.py")),
    ("index.js", ("node", "index.js")),
    ("server.js", ("node", "server.js")),
    ("src/index.js", ("node", "src/index.js")),
    ("server.rb", ("ruby", "server.rb")),
    ("main.rb", ("ruby", "main.rb")),
    ("config.ru", ("rackup", "-p", "8080")),
    ("index.php", ("php", "-S", "127.0.0.1:8080")),
    ("start.sh", ("sh", "start.sh")),
    ("run.sh", ("sh", "run.sh")),
)
"""file -> the command that such a file is usually started with, the likeliest first"""


def is_of(language: str, path: str) -> bool:
    """Whether a required file of a service is there because of a language."""
    name = path.rpartition("/")[2]
    return name in _NAMES.get(language, ()) or path.endswith(_ENDINGS.get(language, ()) or "\0")


def foreign(service: Service, profile: Profile, files: Iterable[str]) -> str:
    """The language of a service that is written in another than the mesh's; "" where it is not.

    `files` are relative to its folder. Whatever is started by a command of tierline.toml, or could
    be by one, counts as another language.
    """
    languages = sorted({workload.language for workload in service.workloads})
    if profile.language in languages:
        return ""
    if languages:
        return languages[0]
    argv = usual(files)
    return argv[0] if argv and argv[0] != profile.language else ""


def usual(files: Iterable[str]) -> tuple[str, ...]:
    """The command that some file of a service suggests; () where none does."""
    found = frozenset(files)
    return next((argv for name, argv in _USUAL if name in found), ())


def run_lines(service_id: str, argv: Iterable[str]) -> str:
    """The lines of tierline.toml that start a service by a command."""
    return f"[services.{clean(service_id)}.run]\napi = {json.dumps(list(argv))}"
