"""What each way to break a service changes in its own files; knows neither disk nor git.

An edit is made where the programs of our meshes have the same few lines: `main` makes a service,
builds its routes and serves them. Nothing in a service or in tierline knows that it was broken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from tierline.frozen import frozen

NOWHERE = "127.0.0.1:9"
"""an address that nobody answers at"""


@frozen
class Edit:
    """Put `new` in the place of the one match of `old` (a regular expression) in `file`.

    `everywhere` allows several matches. `imports` are added to those of a `main`.
    """

    file: str
    old: str
    new: str
    imports: tuple[str, ...] = ()
    everywhere: bool = False


@frozen
class Language:
    """Where to put `imports`: behind the one match of `behind`, each formatted by `import_line`."""

    behind: str
    import_line: str


LANGUAGES: Final = {
    "cmd/api/main.py": Language(r"^import sys\n", "import {}\n"),
    "cmd/api/main.go": Language(r"^import \(\n", '\t"{}"\n'),
}
CONFIG_EDIT: Final = Edit("configs/default.yaml", r"(request_timeout_ms:) \S+", r"\1 soon")

_PY, _GO = "cmd/api/main.py", "cmd/api/main.go"
_PY_BUILD, _GO_BUILD = (
    r"^    routes = build\(service\)\n",
    r"^\troutes := bootstrap\.Build\(service\)\n",
)
_PY_SERVE, _GO_SERVE = r"^    service\.serve\(routes\)\n", r"^\tservice\.Serve\(routes\)\n"
_PY_MAIN, _GO_MAIN = r"^def main\(\):\n", r"^func main\(\) \{\n"
_REASON = "cannot start: the data folder has schema 7, this program knows 6"

PYTHON_EDITS: Final[Mapping[str, Edit]] = {
    "build": Edit(_PY, _PY_BUILD, "    routes = build(service\n"),
    "boot": Edit(_PY, _PY_BUILD, f'    raise RuntimeError("{_REASON}")\n'),
    "config": CONFIG_EDIT,
    "health": Edit(
        _PY,
        f"({_PY_SERVE})",
        '    broken = {"error": "the data folder cannot be read"}\n'
        '    routes["GET", "/healthz"] = lambda request: (500, broken)\n'
        r"\1",
    ),
    "dependency": Edit(
        _PY, f"({_PY_BUILD})", f'    service.addresses["@owner@"] = "{NOWHERE}"\n' r"\1"
    ),
    "telemetry": Edit(
        "internal/app/bootstrap/__init__.py",
        r'(^def (?:build|handler)\(service\):\n(?:    """.*"""\n)?)',
        rf'\1    service.telemetry.endpoint = "{NOWHERE}"' "\n",
        everywhere=True,
    ),
    "slow": Edit(_PY, f"({_PY_MAIN})", r"\1    time.sleep(600)" "\n", ("time",)),
    "exit": Edit(
        _PY, f"({_PY_MAIN})", r'\1    print("@service@: to be implemented")' "\n    return\n"
    ),
    "port": Edit(_PY, f"({_PY_SERVE})", '    service.ports["http"] = 0\n' r"\1"),
    "flap": Edit(
        _PY,
        f"({_PY_SERVE})",
        '    answers = itertools.cycle([(200, {"status": "ok"}), (503, {"error": "busy"})])\n'
        '    routes["GET", "/healthz"] = lambda request: next(answers)\n'
        r"\1",
        ("itertools",),
    ),
}

GO_EDITS: Final[Mapping[str, Edit]] = {
    "build": Edit(_GO, _GO_BUILD, "\troutes := bootstrap.Build(servcie)\n"),
    "boot": Edit(_GO, f"({_GO_BUILD})", f'\tlog.Fatal("{_REASON}")\n' r"\1", ("log",)),
    "config": CONFIG_EDIT,
    "health": Edit(
        _GO,
        f"({_GO_SERVE})",
        '\troutes["GET /healthz"] = func(*meshkit.Request) (int, any) {\n'
        '\t\treturn 500, meshkit.Body{"error": "the data folder cannot be read"}\n'
        "\t}\n"
        r"\1",
    ),
    "dependency": Edit(
        _GO, f"({_GO_BUILD})", f'\tservice.Addresses["@owner@"] = "{NOWHERE}"\n' r"\1"
    ),
    "telemetry": Edit(
        "internal/app/bootstrap/bootstrap.go",
        r"(^func (?:Build|Handler)\(service \*meshkit\.Service\) [\w.]+ \{\n)",
        rf'\1\tservice.Telemetry.Endpoint = "{NOWHERE}"' "\n",
        everywhere=True,
    ),
    "slow": Edit(_GO, f"({_GO_MAIN})", r"\1\ttime.Sleep(10 * time.Minute)" "\n", ("time",)),
    "exit": Edit(
        _GO,
        f"({_GO_MAIN})",
        r'\1\tfmt.Println("@service@: to be implemented")' "\n\tos.Exit(0)\n",
        ("fmt", "os"),
    ),
    "port": Edit(_GO, f"({_GO_SERVE})", '\tservice.Ports["http"] = 0\n' r"\1"),
    "flap": Edit(
        _GO,
        f"({_GO_SERVE})",
        "\tvar asked atomic.Int64\n"
        '\troutes["GET /healthz"] = func(*meshkit.Request) (int, any) {\n'
        "\t\tif asked.Add(1)%2 == 0 {\n"
        '\t\t\treturn 503, meshkit.Body{"error": "busy"}\n'
        "\t\t}\n"
        '\t\treturn 200, meshkit.Body{"status": "ok"}\n'
        "\t}\n"
        r"\1",
        ("sync/atomic",),
    ),
}


def edited(text: str, edit: Edit, values: Mapping[str, str]) -> str | None:
    """The text with the edit made; None where its place is not there, or there more than once.

    `values` replaces `@name@` in the new text.
    """
    new = edit.new
    for name, value in values.items():
        new = new.replace(f"@{name}@", value)
    changed, count = re.subn(edit.old, new, text, flags=re.MULTILINE)
    if not count or (count > 1 and not edit.everywhere):
        return None
    for module in edit.imports:
        language = LANGUAGES[edit.file]
        line = language.import_line.format(module)
        if line not in changed:
            changed = re.sub(
                f"({language.behind})", rf"\1{line}", changed, count=1, flags=re.MULTILINE
            )
    return changed
