"""Which folders a service is built from, read off its own files."""

import pytest

from tierline.errors import PermanentError
from tierline.targets.local.closure import Closures, go_directives, read_go

SERVICE = "services/core-platform/M02-profile-service"


def write(root, files):
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def test_go_replace_is_followed_to_the_end(tmp_path):
    write(tmp_path, {
        f"{SERVICE}/go.mod": "module m/p\nreplace m/contracts => ../../../contracts // why\n",
        "contracts/go.mod": "module m/contracts\nreplace (\n\tm/x v1.0.0 => ../platform/go\n)\n",
        "platform/go/go.mod": "module m/x\n",
        "tools/go.mod": "module m/tools\n",
    })  # fmt: skip
    closure = Closures(tmp_path).of(SERVICE)
    assert closure.folders == ("contracts", "platform/go", SERVICE)
    assert closure.go_work == ""


def test_a_workspace_gives_shared_modules_and_the_services_required(tmp_path):
    other, third = "services/core-platform/M01-auth", "services/core-platform/M03-x"
    write(tmp_path, {
        "go.work": f"go 1.22\nuse (\n\t./{SERVICE}\n\t./{other}\n\t./{third}\n\t./platform\n)\n",
        f"{SERVICE}/go.mod": "module m/p\nrequire m/auth v0.0.0\n",
        f"{other}/go.mod": "module m/auth\n",
        f"{third}/go.mod": "module m/x\n",
        "platform/go.mod": "module m/platform\n",
    })  # fmt: skip
    closure = Closures(tmp_path).of(SERVICE)
    assert closure.folders == ("platform", other, SERVICE)
    assert closure.go_work == f"go 1.22\nuse ./{SERVICE}\nuse ./{other}\nuse ./platform\n"


def test_python_path_dependencies_are_followed_and_imported_from(tmp_path):
    source = '[tool.uv.sources]\nkit = { path = "../../../platform/python" }\nx = {git = "y"}\n'
    write(tmp_path, {
        f"{SERVICE}/pyproject.toml": source,
        "platform/python/pyproject.toml": '[tool.uv.sources]\nb = { path = "../base" }\n',
        "platform/base/src/base/__init__.py": "",
    })  # fmt: skip
    closure = Closures(tmp_path).of(SERVICE)
    assert closure.folders == ("platform/base", "platform/python", SERVICE)
    assert closure.python_path == ("platform/python", "platform/base/src")


def test_node_file_dependencies_are_followed(tmp_path):
    package = '{"dependencies": {"a": "file:../../../platform/a", "b": "^1"}}'
    write(tmp_path, {f"{SERVICE}/package.json": package, "platform/a/package.json": "{}"})
    assert Closures(tmp_path).of(SERVICE).folders == ("platform/a", SERVICE)


def test_an_unknown_closure_is_all_that_is_shared(tmp_path):
    write(tmp_path, {
        f"{SERVICE}/cmd/api/run.sh": "",
        "platform/x": "",
        "contracts/y": "",
        "docs/z": "",
        ".git/config": "",
    })  # fmt: skip
    assert Closures(tmp_path).of(SERVICE).folders == ("contracts", "platform", SERVICE)


@pytest.mark.parametrize("target", ["../../../../elsewhere", "/etc"])
def test_a_module_outside_the_mesh_is_refused(tmp_path, target):
    write(tmp_path, {f"{SERVICE}/go.mod": f"module m\nreplace x => {target}\n"})
    with pytest.raises(PermanentError) as caught:
        Closures(tmp_path).of(SERVICE)
    assert caught.value.code == "build/escape"


def test_what_cannot_be_read_says_nothing(tmp_path):
    write(tmp_path, {f"{SERVICE}/pyproject.toml": "[", f"{SERVICE}/package.json": "["})
    assert Closures(tmp_path).of(SERVICE).folders == (SERVICE,)


def test_go_grammar():
    text = 'module "m/x" // c\nrequire(\n\ta v1\n)\nreplace b => ./b\nreplace c => d v2\ngo 1.22\n'
    assert list(go_directives(text))[1] == ("require", "a v1")
    module = read_go(text)
    assert (module.module, module.requires, module.local) == ("m/x", {"a"}, ("./b",))
