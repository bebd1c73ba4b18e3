"""Compiles the Python files of a service and finds imports of modules that are not there.

Runs in the interpreter that will run the service (3.9 or later), standard library only:
`python -I pycheck.py ROOT SERVICE [PYTHON_PATH...]`, folders relative to ROOT. Prints one problem a
line and ends with 1 if there is any. Nothing of the service is executed.
"""

from __future__ import annotations

import ast
import importlib.util
import os
import py_compile
import sys
from collections.abc import Iterator

MOST_FILES = 20_000
LEFT_OUT = {"node_modules", "__pycache__", ".venv", "tests"}
SOURCE_FOLDERS = ("", "internal", "src")
"""where the modules of a service may lie, below its own folder"""
GUARDS = {"ImportError", "ModuleNotFoundError", "Exception"}


def python_files(folder: str) -> Iterator[str]:
    """Paths of the .py files below a folder, sorted."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in LEFT_OUT)
        for name in sorted(files):
            if name.endswith(".py"):
                yield os.path.join(place, name)  # noqa: PTH118 - plain strings, for speed


def problems(root: str, service: str, python_path: list[str]) -> Iterator[str]:
    """One line for each syntax error and each import that cannot succeed."""
    home = os.path.join(root, service)  # noqa: PTH118
    roots = [os.path.join(home, folder) for folder in SOURCE_FOLDERS]  # noqa: PTH118
    roots += [os.path.join(root, folder) for folder in python_path]  # noqa: PTH118
    seen: dict[str, bool] = {}
    for count, file in enumerate(python_files(home)):
        if count >= MOST_FILES:
            yield f"{service}: more than {MOST_FILES} Python files"
            return
        shown = os.path.relpath(file, root)
        try:
            py_compile.compile(file, dfile=shown, doraise=True)
            with open(file, "rb") as source:  # noqa: PTH123
                tree = ast.parse(source.read())
        except py_compile.PyCompileError as error:
            yield located(shown, error.exc_value)
            continue
        except (SyntaxError, ValueError, RecursionError, MemoryError, OSError) as error:
            yield located(shown, error)
            continue
        own = [os.path.dirname(file), *roots]  # noqa: PTH120
        for line, module in missing(tree, own, seen):
            yield f"{shown}:{line}: No module named {module!r}"


def located(shown: str, error: BaseException) -> str:
    """`path:line: what` of an error."""
    line = getattr(error, "lineno", None)
    what = getattr(error, "msg", None) or str(error)
    return f"{shown}:{line}: {type(error).__name__}: {what}" if line else f"{shown}: {what}"


def missing(tree: ast.AST, own: list[str], seen: dict[str, bool]) -> Iterator[tuple[int, str]]:
    """(line, module) of the imports that nothing satisfies; guarded and late ones are not judged."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) or guarded(node):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            waiting.extend(node.orelse)
            continue
        for module in imported(node):
            if not there(module, own, seen):
                yield getattr(node, "lineno", 0), module
        waiting.extend(ast.iter_child_nodes(node))


def guarded(node: ast.AST) -> bool:
    """Whether a failing import in it is expected by its author."""
    if not isinstance(node, ast.Try):
        return False
    caught = [handler.type for handler in node.handlers]
    return any(kind is None or GUARDS & set(names(kind)) for kind in caught)


def names(node: ast.AST) -> list[str]:
    """The plain names in an expression."""
    return [child.id for child in ast.walk(node) if isinstance(child, ast.Name)]


def imported(node: ast.AST) -> list[str]:
    """The absolute module names that a statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level and node.module:
        return [node.module]
    return []


def there(module: str, own: list[str], seen: dict[str, bool]) -> bool:
    """Whether a module of the service, or one of the interpreter, has that name."""
    first = module.partition(".")[0]
    for root in own:
        if exists(root, first):
            return any(exists(base, module) for base in own)
    if first not in seen:
        try:
            seen[first] = importlib.util.find_spec(first) is not None
        except (ImportError, ValueError):
            seen[first] = False
    return seen[first]


def exists(root: str, module: str) -> bool:
    """Whether a dotted name is a module or a folder below `root`; binary modules count."""
    path = os.path.join(root, *module.split("."))  # noqa: PTH118
    if os.path.isdir(path) or os.path.isfile(path + ".py"):  # noqa: PTH112, PTH113
        return True
    folder, stem = os.path.split(path)
    try:
        names = os.listdir(folder)  # noqa: PTH208 - plain strings, for speed
    except OSError:
        return False
    return any(name.startswith(stem + ".") and name.endswith(".so") for name in names)


def main(arguments: list[str]) -> int:
    """Print the problems; 1 if there are any."""
    found = list(problems(arguments[0], arguments[1], arguments[2:]))
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
