"""Is a program a placeholder: does it only print something and end?

Judged by what a program could do at all: it calls nothing but printing and its own functions, and
waits for nothing. Whatever is not understood may do something, and so is no placeholder.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping

from tierline.mesh.defect import Defect, Place
from tierline.mesh.model import Workload
from tierline.mesh.tree import Entry, Kind
from tierline.readiness.facts import ServiceFacts
from tierline.regex import regex

_LONGEST = 20_000
"""characters of a program that are looked at; a longer one does something"""
_HIDDEN = regex(
    r"""//[^\n]*|/\*.*?(?:\*/|\Z)|`[^`]*(?:`|\Z)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?""",
    re.DOTALL,
)
_GO_CALL = regex(r"([A-Za-z_][\w.]*)\s*\(")
_GO_OWN = regex(r"\bfunc\s+([A-Za-z_]\w*)\s*\(")
_GO_WAITS = regex(r"\b(?:for|select|go|defer|var)\b|\bfunc\s*\(|<-")
_GO_FOR_ITS_EFFECTS = regex(r'\b_\s+["`]')
"""an import whose package does something when it is loaded"""
_GO_PRINTS = regex(
    r"(?:fmt|log)\.(?:Print|Printf|Println)|fmt\.Fprint(?:f|ln)?|print|println|os\.Exit|func"
    r"|import|if|switch|return|len|string|log\.SetFlags"
)
_PYTHON_PRINTS = frozenset({"print", "exit", "quit", "sys.exit", "sys.stdout.write", "SystemExit"})
_PYTHON_IMPORTS = frozenset({"__future__", "sys", "typing"})
_PYTHON_WAITS = (
    ast.While, ast.For, ast.AsyncFor, ast.With, ast.AsyncWith, ast.Await, ast.Try, ast.ClassDef,
    ast.Lambda, ast.Yield, ast.comprehension,
)  # fmt: skip


def judge_placeholders(facts: ServiceFacts) -> Iterator[Defect]:
    """The api of a service, where it is a placeholder."""
    for workload in facts.service.workloads:
        if workload.name == "api" and is_placeholder(workload, facts.files):
            yield Defect(
                "structure/placeholder",
                f"{workload.entry} prints something and ends: nothing of it serves anybody",
                Place(facts.shown(workload.entry), 1, 1),
                "start the service there, or leave it out of implemented-services.yaml",
                facts.service.service_id,
            )


def is_placeholder(workload: Workload, files: Mapping[str, Entry]) -> bool:
    """Whether a workload could only print and end; `files` by path relative to its service."""
    judges = {"go": _go, "python": _python}
    folder = workload.entry.rpartition("/")[0]
    if workload.language not in judges:
        return False
    ending = workload.entry.rpartition(".")[2]
    own = [
        entry
        for path, entry in files.items()
        if path.rpartition("/")[0] == folder
        and path.endswith(f".{ending}")
        and not path.endswith("_test.go")
    ]
    if any(one.kind is not Kind.FILE or one.content is None for one in own):
        return False
    texts = [(one.content or b"").decode("utf-8-sig", "replace") for one in own]
    return sum(map(len, texts)) <= _LONGEST and judges[workload.language](texts)


def _go(texts: Iterable[str]) -> bool:
    text = "\n".join(texts).replace("\r\n", "\n")
    bare = _HIDDEN.sub(" ", text)
    own = set(_GO_OWN.findall(bare))
    if "main" not in own or _GO_WAITS.search(bare) or _GO_FOR_ITS_EFFECTS.search(text):
        return False
    calls = set(_GO_CALL.findall(bare)) - own
    return all(_GO_PRINTS.fullmatch(one) for one in calls)


def _python(texts: Iterable[str]) -> bool:
    trees = [_parsed(text) for text in texts]
    if not trees or not all(trees):
        return False
    nodes = [node for tree in trees if tree for node in ast.walk(tree)]
    own = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    return not any(_does_something(node, own) for node in nodes)


def _parsed(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _does_something(node: ast.AST, own: set[str]) -> bool:
    if isinstance(node, ast.Call):
        name = _dotted(node.func)
        return name not in _PYTHON_PRINTS and name not in own
    if isinstance(node, ast.Import):
        return any(alias.name not in _PYTHON_IMPORTS for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return node.level > 0 or node.module not in _PYTHON_IMPORTS
    return isinstance(node, _PYTHON_WAITS)


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return ""
