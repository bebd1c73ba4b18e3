"""Which programs only print something and end, and what that means for listed services."""

from __future__ import annotations

import pytest

from made.readiness_cases import filled, judged, shown
from tierline.mesh.model import Workload
from tierline.mesh.tree import Entry, Kind
from tierline.readiness.placeholder import is_placeholder

GO = 'package main\n\nimport (\n\t"fmt"\n\t"os"\n)\n\nfunc main() {\n%s}\n'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('\tfmt.Println("M07 is not implemented yet")\n', True),
        ("", True),
        ('\tif len(os.Args) > 1 {\n\t\tfmt.Print("x")\n\t}\n\tos.Exit(0)\n', True),
        ('\tfmt.Println("serve(); for {}") // http.ListenAndServe()\n', True),
        ('\thttp.ListenAndServe(":8080", nil)\n', False),
        ('\tfmt.Println("up")\n\tselect {}\n', False),
        ('\tfmt.Println("up")\n\tfor {\n\t}\n', False),
        ("\tgo work()\n\t<-done\n", False),
        ("\tbootstrap.Build().Run()\n", False),
        ("\thello()\n}\n\nfunc hello() {\n\tfmt.Println()\n", True),
        ("\thello()\n}\n\nfunc hello() {\n\tstart()\n", False),
    ],
)
def test_go(body: str, expected: bool) -> None:
    files = {"cmd/api/main.go": entry(GO % body)}
    assert is_placeholder(Workload("api", "go", "cmd/api/main.go"), files) is expected


def test_an_import_for_its_effects_counts() -> None:
    text = GO.replace('\t"os"\n', '\t_ "example.org/starts/itself"\n') % ""
    workload = Workload("api", "go", "cmd/api/main.go")
    assert not is_placeholder(workload, {"cmd/api/main.go": entry(text)})


def entry(text: str) -> Entry:
    return Entry(Kind.FILE, len(text), text.encode())


def test_another_file_of_the_package_counts() -> None:
    files = {
        "cmd/api/main.go": entry(GO % ""),
        "cmd/api/serve.go": entry("package main\n\nvar x = s()\n"),
    }
    workload = Workload("api", "go", "cmd/api/main.go")
    assert not is_placeholder(workload, files)
    assert not is_placeholder(workload, {"cmd/api/main.go": Entry(Kind.FILE, 5, None)})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"""Soon."""\nprint("not implemented yet")\n', True),
        ("import sys\n\ndef main():\n    print(1)\n    sys.exit(0)\n\nif __name__ == '__main__':\n    main()\n", True),
        ("", True),
        ("from app import serve\nserve()\n", False),
        ("import app\n", False),
        ("print(1)\nwhile True:\n    pass\n", False),
        ("exec(open('x').read())\n", False),
        ("def main(:\n", False),
        ("(" * 5000, False),
        ("print('\\d')\n", True),
    ],
)  # fmt: skip
def test_python(text: str, expected: bool) -> None:
    files = {"cmd/api/main.py": entry(text)}
    assert is_placeholder(Workload("api", "python", "cmd/api/main.py"), files) is expected


def test_a_listed_placeholder_is_a_failure_and_one_that_is_not_listed_a_warning() -> None:
    case = {"write": {"{F}/cmd/api/main.go": GO % '\tfmt.Println("soon")\n'}}
    warned = filled("warn structure/placeholder M20 mesh/{F}/cmd/api/main.go:1")
    failed = "fail lifecycle/placeholder M20 mesh/tooling/manifests/implemented-services.yaml:6"
    assert shown(judged(case).check.findings) == [failed, warned]
    unlisted = case | {
        "edit": ["tooling/manifests/implemented-services.yaml", "  - M20-Feed-Service\n", ""]
    }
    unnamed = "warn lifecycle/not-listed M20 mesh/tooling/manifests/implemented-services.yaml:0"
    assert shown(judged(unlisted).check.findings) == [unnamed, warned]
