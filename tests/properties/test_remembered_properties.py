"""What is remembered never shows: any edit of a mesh is seen as if every file were read again."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from made.small_mesh import AUTH, FEED, PROFILE, canonical_files, folder, mesh_files
from tierline.errors import TierlineError
from tierline.evidence import folder as folder_module
from tierline.evidence.content import Content
from tierline.evidence.folder import Depth
from tierline.evidence.load import usable_settings
from tierline.evidence.revisions import revisions
from tierline.evidence.survey import Keeping, Survey, survey
from tierline.evidence.tree import read_tree
from tierline.mesh.folders import SERVICES
from tierline.mesh.model import Mesh
from tierline.mesh.parse import parse_mesh, wanted
from tierline.mesh.tree import Tree
from tierline.policy.builtin import builtin
from tierline.policy.model import EnvironmentKind
from tierline.readiness.compose.environment import environment_files
from tierline.readiness.compose.reading import composition_of
from tierline.readiness.facts import Surroundings, facts_of_services, surroundings, wanted_by_gates
from tierline.readiness.services import judge_service

POLICY = builtin("local", EnvironmentKind.LOCAL, "local")
A_MINUTE = 60_000_000_000
SERVICE_FILES = (
    "configs/default.yaml",
    "go.mod",
    "cmd/api/main.go",
    "internal/app/bootstrap/bootstrap.go",
    "deploy/k8s/deployment.yaml",
    "deploy/compose/service.compose.yaml",
    "README.md",
)
MESH_FILES = (
    "services/services-index.yaml",
    ".env.example",
    "go.work",
    "contracts/events/user.profile_updated.json",
    "docs/dependency-load-order.md",
    "environments/compose/docker-compose.services.yaml",
    "tierline.toml",
)
TEXTS = (
    "text\n",
    "",
    "service:\n  id: M99-Other\n  http_port: ${PORT}\n",
    "package bootstrap\n\nfunc Other() {}\n",
    "module example.org/other\n\ngo 1.22\n",
    "a: [\n",
    'services:\n  a:\n    ports: ["1:1"]\n    networks: [x]\n    depends_on: [b]\n',
    "\xff",
    '[services.M01-Authentication-Service.run]\napi = ["sh", "run.sh"]\n',
)


def write(root: Path, path: str, text: str) -> None:
    """Make the file anew, whatever is there."""
    file = root / path
    if file.is_dir() and not file.is_symlink():
        shutil.rmtree(file)
    if any(parent.is_file() for parent in file.parents):
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True) if file.is_symlink() else None
    file.write_text(text, encoding="latin-1")


def same_size_and_times(root: Path, path: str, chance: random.Random) -> None:
    """Another content, and as far as a person can, no trace of it."""
    file = root / path
    if not file.is_file() or not (content := file.read_bytes()):
        return
    info = file.stat()
    at = chance.randrange(len(content))
    with file.open("r+b") as opened:
        opened.write(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
    os.utime(file, ns=(info.st_atime_ns, info.st_mtime_ns))


def swapped(root: Path, path: str, chance: random.Random) -> None:
    """A copy with the same size and times takes the file's place."""
    file = root / path
    if not file.is_file():
        return
    info, other = file.stat(), file.with_name("other")
    other.write_bytes(bytes(chance.randrange(97, 122) for _ in range(info.st_size)))
    os.utime(other, ns=(info.st_atime_ns, info.st_mtime_ns))
    other.replace(file)


def append(root: Path, path: str, _: random.Random) -> None:
    """A line more."""
    if (root / path).is_file():
        with (root / path).open("ab") as opened:
            opened.write(b"\n# more\n")


def linked(root: Path, path: str, chance: random.Random) -> None:
    """A link beside a file, to somewhere."""
    link = (root / path).parent / f"link-{chance.randrange(3)}"
    if link.parent.is_dir():
        link.unlink(missing_ok=True)
        link.symlink_to(chance.choice(("README.md", "/etc/hostname", "nowhere", "cmd", "..")))


def moved(root: Path, path: str, chance: random.Random) -> None:
    """A file or the folder around it under another name."""
    file = chance.choice((root / path, (root / path).parent))
    if file.exists() and file != root:
        file.rename(file.with_name(f"x-{file.name}"))


def odd(root: Path, path: str, _: random.Random) -> None:
    """A pipe comes or goes."""
    pipe = (root / path).parent / "pipe"
    if pipe.exists():
        pipe.unlink()
    elif pipe.parent.is_dir():
        os.mkfifo(pipe)


def back(root: Path, path: str, _: random.Random) -> None:
    """Everything beside a file as it was at first."""
    for name, text in mesh_files().items():
        if name.startswith(path.rpartition("/")[0]):
            write(root, name, text)


def touched(root: Path, path: str, chance: random.Random) -> None:
    """Other times or another mode, the same content."""
    if (root / path).exists():
        os.utime(root / path) if chance.random() < 0.5 else (root / path).chmod(0o755)


Edit = Callable[[Path, str, random.Random], None]
EDITS: Mapping[str, Edit] = {
    "write": lambda root, path, chance: write(root, path, chance.choice(TEXTS)),
    "add": lambda root, path, _: write(root, f"{path}.d/new/main.go", "text\n"),
    "delete": lambda root, path, _: (root / path).unlink() if (root / path).is_file() else None,
    "append": append,
    "touch": touched,
    "same": same_size_and_times,
    "swap": swapped,
    "link": linked,
    "move": moved,
    "odd": odd,
    "back": back,
}
PATHS = (
    *(f"{folder(name)}/{path}" for name in (AUTH, PROFILE, FEED) for path in SERVICE_FILES),
    *MESH_FILES,
)


def damage(cache: Path, kind: str, chance: random.Random) -> None:
    """One damage of everything that is remembered."""
    for file in (cache / "tierline/meshes").glob("*"):
        content = bytearray(file.read_bytes())
        if kind == "flip" and content:
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        elif kind == "cut":
            del content[chance.randrange(len(content) + 1) :]
        elif kind == "foreign":
            content[:] = b"tierline meshes 1\nsomething else"
        file.write_bytes(content)
        if kind == "remove":
            file.unlink()


@contextmanager
def a_mesh() -> Generator[tuple[Path, dict[str, str]]]:
    base = Path(tempfile.mkdtemp(prefix="tr-"))
    try:
        for path, text in mesh_files().items():
            write(base / "mesh", path, text)
        for path, text in canonical_files().items():
            write(base / "viralForge/specs", path, text)
        (base / "cache").mkdir(mode=0o700)
        yield base / "mesh", {"XDG_CACHE_HOME": str(base / "cache")}
    finally:
        shutil.rmtree(base)


Told = tuple[object, ...]


def told(found: Survey, root: Path) -> Told:
    """Everything that commands take from a survey."""
    ids = revisions(root, found.mesh, found.mesh.services, None, found.shipped)
    return found.mesh, found.tree, found.judged, found.composed, found.compose_files, ids


def by_one_tree(root: Path) -> Told:
    """The same from one tree of all files, as it is for who reads a mesh in one piece."""
    whole = read_tree(root, root.name, lambda path: wanted(path) or wanted_by_gates(path))
    usable_settings(whole)
    specs = read_tree(root.parent / "viralForge/specs", "viralForge/specs", lambda _: True)
    mesh = parse_mesh(whole, specs)
    outside = {
        path: entry
        for path, entry in whole.entries.items()
        if not (path.startswith(f"{SERVICES}/") and path.count("/") > 2)
    }
    each = {one.service.service_id: one for one in facts_of_services(mesh, whole, POLICY)}
    judged = {name: judge_service(one) for name, one in each.items()}
    composed = {name: composition_of(one) for name, one in each.items()}
    ids = revisions(root, mesh, mesh.services, Content.below(root))
    tree = Tree(whole.label, outside)
    return mesh, tree, judged, composed, environment_files(tree), ids


def surrounding(mesh: Mesh, tree: Tree) -> Surroundings:
    """By what a service is judged locally."""
    return surroundings(mesh, tree, POLICY)


def outcome(work: Callable[[], Told]) -> Told | str:
    """What it gives, or the error that it ends in."""
    try:
        return work()
    except TierlineError as error:
        return str(error)


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(EDITS)), st.sampled_from(PATHS), st.booleans()),
        min_size=1,
        max_size=6,
    ),
    st.randoms(use_true_random=False),
    st.sampled_from(("", "", "flip", "cut", "foreign", "remove")),
)
@settings(max_examples=25)
def test_every_edit_is_seen(
    edits: list[tuple[str, str, bool]], chance: random.Random, damaged: str
) -> None:
    with a_mesh() as (root, environ), pytest.MonkeyPatch.context() as patch:
        for kind, path, later in edits:
            # As if a minute had passed: else nothing that was just written would be remembered.
            ahead = A_MINUTE if later else 0
            patch.setattr(folder_module.time, "time_ns", lambda more=ahead: real_time() + more)
            same_with_and_without(root, environ)
            EDITS[kind](root, path, chance)
            same_with_and_without(root, environ)
            damage(Path(environ["XDG_CACHE_HOME"]), damaged, chance)
        same_with_and_without(root, environ)


real_time = time.time_ns


def same_with_and_without(root: Path, environ: Mapping[str, str]) -> None:
    depth = Depth.SHIPPED
    remembered = outcome(lambda: told(survey(root, depth, surrounding, Keeping(environ)), root))
    afresh = outcome(lambda: told(survey(root, depth, surrounding, Keeping({})), root))
    assert remembered == afresh
    assert afresh == outcome(lambda: by_one_tree(root))
