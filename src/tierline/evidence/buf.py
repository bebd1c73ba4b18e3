"""Asks the real buf about proto files, in a scratch folder of ours; judges nothing.

buf is found on PATH or beside the Python that runs us. It gets the files that it is handed and
nothing else of the mesh, PATH without the mesh's own folders, and a cache of its own.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from tierline.contracts.buf_files import Recipe
from tierline.contracts.proto import Message, Said, Unsaid
from tierline.errors import TierlineError
from tierline.evidence.buf_answers import Answers, answers
from tierline.evidence.program import Ran, found, run_program, safe_path
from tierline.frozen import frozen
from tierline.mesh.clean import clean

SECONDS = 120.0
"""how long one answer may take: a registry may have to be asked"""
MOST_BYTES = 128 << 20
"""of all files that buf is handed"""
_INSTALL = "install it: pip install 'tierline[contracts]', or put buf on PATH"
_FOUND = 100
"""the exit code by which buf says that it found something"""
_KEPT = (
    *("HOME", "TMPDIR", "BUF_TOKEN", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
)
_JSON = ("--error-format", "json", "--disable-symlinks")


@frozen
class Buf:
    """buf as it is installed: its program, and the PATH on which it finds plugins."""

    program: Path
    path: str

    def lint(self, files: Mapping[str, bytes]) -> Said | Unsaid:
        """What buf has to say of the style of these proto files, by path."""
        return self._messages(("lint", *_JSON), {"now": files})

    def breaking(self, files: Mapping[str, bytes], before: Mapping[str, bytes]) -> Said | Unsaid:
        """Which of the differences from `before` break whom the contracts bind."""
        arguments = ("breaking", "--against", "../before", *_JSON)
        said = self._messages(arguments, {"now": files, "before": before})
        return _compiled(said)

    def generate(self, files: Mapping[str, bytes], recipe: Recipe) -> Mapping[str, bytes] | Unsaid:
        """The stubs that a recipe makes of these files, by path."""
        for name in recipe.programs:
            if found(name, self.path) is None:
                return Unsaid(f"the plugin {name} is not on PATH", f"install {name}")
        kept = self._answers("generate", recipe.template, {"now": files}, recipe.programs)
        known = kept.files()
        if known is not None:
            return known
        arguments = ("generate", "--template", recipe.template, "--output", "../made")
        with _scratch({"now": files}) as folder:
            if isinstance(folder, Unsaid):
                return folder
            (folder / "made").mkdir()
            ran = self._run((*arguments, "--disable-symlinks"), folder)
            if isinstance(ran, Unsaid):
                return ran
            if ran.code:
                return self._failed(ran, recipe)
            made = _made(folder / "made")
        if not recipe.remotes and not isinstance(made, Unsaid):
            kept.keep_files(made)
        return made

    def _failed(self, ran: Ran, recipe: Recipe) -> Unsaid:
        """Why no stubs were made; what a registry does not answer is told with the plugin's name."""
        reason = _reason(ran)
        if recipe.remotes and "compile" not in reason.lower():
            plugin = clean(recipe.remotes[0])
            return Unsaid(
                f"the remote plugin {plugin} could not be asked: {reason}",
                "run it where the registry can be reached, or name a local plugin: "
                "local: protoc-gen-NAME",
            )
        return Unsaid(f"buf generate: {reason}", "see tierline contracts lint")

    def _messages(
        self, arguments: tuple[str, ...], folders: Mapping[str, Mapping[str, bytes]]
    ) -> Said | Unsaid:
        kept = self._answers(arguments[0], " ".join(arguments), folders, ())
        known = kept.messages()
        if known is not None:
            return known
        with _scratch(folders) as folder:
            if isinstance(folder, Unsaid):
                return folder
            ran = self._run(arguments, folder)
        if isinstance(ran, Unsaid):
            return ran
        if ran.code not in {0, _FOUND}:
            return Unsaid(f"buf {arguments[0]}: {_reason(ran)}", "mend that, then ask again")
        said = _said(ran)
        if isinstance(said, Said):
            kept.keep_messages(said)
        return said

    def _answers(
        self,
        kind: str,
        asked: str,
        folders: Mapping[str, Mapping[str, bytes]],
        programs: Iterable[str],
    ) -> Answers:
        tools = [self.program, *(found(name, self.path) for name in programs)]
        return answers(kind, asked, folders, [tool for tool in tools if tool])

    def _run(self, arguments: tuple[str, ...], folder: Path) -> Ran | Unsaid:
        environ = {name: os.environ[name] for name in _KEPT if name in os.environ}
        environ |= {
            "PATH": self.path,
            "LC_ALL": "C",
            "NO_COLOR": "1",
            "BUF_CACHE_DIR": str(_modules(folder)),
        }
        try:
            return run_program([str(self.program), *arguments], folder / "now", environ, SECONDS)
        except TierlineError as error:
            return Unsaid(error.message, error.fix)


def find_buf(mesh: Path | None, environ: Mapping[str, str] = os.environ) -> Buf | Unsaid:
    """buf on PATH, else in the folder of this Python; never one that lies in the mesh."""
    path = safe_path(environ, mesh, Path(sys.executable).parent)
    program = found("buf", path)
    if program is None:
        return Unsaid("buf is not installed", _INSTALL)
    return Buf(program, path)


def _modules(folder: Path) -> Path:
    """Where buf keeps the modules that it fetched; the scratch folder where there is no cache."""
    from tierline.evidence.buf_answers import cache_folder  # noqa: PLC0415 - beside its use

    return cache_folder("modules") or folder / "cache"


@contextmanager
def _scratch(folders: Mapping[str, Mapping[str, bytes]]) -> Generator[Path | Unsaid]:
    """A folder of ours with these files in it, for as long as the block lasts."""
    total = sum(len(content) for files in folders.values() for content in files.values())
    if total > MOST_BYTES:
        yield Unsaid(f"the proto files are {total} bytes (limit {MOST_BYTES})")
        return
    try:
        holder = tempfile.TemporaryDirectory(prefix="tierline-buf-", ignore_cleanup_errors=True)
    except OSError as error:
        yield Unsaid(f"no scratch folder: {error.strerror}", "give one with TMPDIR")
        return
    with holder as name:
        yield _filled(Path(name), folders)


def _filled(folder: Path, folders: Mapping[str, Mapping[str, bytes]]) -> Path | Unsaid:
    try:
        for name, files in folders.items():
            (folder / name).mkdir()
            for path, content in files.items():
                place = folder / name / path
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content)
    except OSError as error:
        return Unsaid(f"the scratch folder cannot be written: {error.strerror}")
    return folder


def _made(folder: Path) -> Mapping[str, bytes] | Unsaid:
    found: dict[str, bytes] = {}
    total = 0
    for place in sorted(folder.rglob("*")):
        if place.is_symlink():
            return Unsaid(f"a plugin made a link: {clean(place.name)}")
        if place.is_file():
            total += place.stat().st_size
            if total > MOST_BYTES:
                return Unsaid(f"the plugins made more than {MOST_BYTES} bytes")
            found[place.relative_to(folder).as_posix()] = place.read_bytes()
    return found


def _said(ran: Ran) -> Said | Unsaid:
    """The lines of JSON that buf prints; an answer that is none of them is no answer."""
    messages: list[Message] = []
    for line in filter(None, ran.out.split(b"\n")):
        try:
            found: object = json.loads(line)
        except ValueError:
            return Unsaid("buf's answer is not understood", "use the buf of tierline[contracts]")
        if not isinstance(found, dict):
            return Unsaid("buf's answer is not understood", "use the buf of tierline[contracts]")
        messages.append(_message(cast("dict[str, Any]", found)))
    if bool(messages) is not (ran.code == _FOUND):
        return Unsaid(f"buf ended with {ran.code} and said {len(messages)} things: {_reason(ran)}")
    return Said(tuple(sorted(messages, key=_order)))


def _message(found: dict[str, Any]) -> Message:
    line, column = found.get("start_line"), found.get("start_column")
    return Message(
        clean(str(found.get("path") or ""), 300),
        line if isinstance(line, int) else 0,
        column if isinstance(column, int) else 0,
        clean(str(found.get("type") or "")),
        clean(str(found.get("message") or ""), 400),
    )


def _order(message: Message) -> tuple[str, int, int, str, str]:
    return (message.path, message.line, message.column, message.rule, message.text)


def _compiled(said: Said | Unsaid) -> Said | Unsaid:
    """The same, or why nothing can be compared: one of the two sides does not compile."""
    if isinstance(said, Unsaid):
        return said
    bad = next((one for one in said.messages if one.rule == "COMPILE"), None)
    if bad is None:
        return said
    where = f"{bad.path}:{bad.line}" if bad.line else bad.path
    return Unsaid(f"{where} does not compile: {bad.text}", "see tierline contracts lint")


def _reason(ran: Ran) -> str:
    """The last thing that it complained of, on one line."""
    lines = [line.strip() for line in ran.err.decode("utf-8", "replace").splitlines()]
    last = next((line for line in reversed(lines) if line), f"it ended with {ran.code}")
    return clean(last.removeprefix("Failure: "), 300)
