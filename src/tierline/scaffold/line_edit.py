"""Adds a service to files of other kinds that people keep: go.work, the deployment profile.

Lines are inserted, never rewritten. Whoever edits reads the result again and judges it.
"""

from __future__ import annotations

import re

from tierline.mesh.names import slug

_USE = re.compile(r"^\s*use\s*\(\s*(?://.*)?$")
_ROW = re.compile(r"^\|[^|]*\|[^|]*\|")
_OWN_ROW = re.compile(r"^\|[^|]*\|[^|]*\|\s*\*\*Microservice\*\*\s*\|")
_SECTION = "## Suggested Microservice Clusters"


def add_use(content: bytes, folder: str) -> bytes:
    """A go.work that also uses a folder, in the place that sorting gives it where it is sorted."""
    text = content.decode()
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.split(newline)
    opening = next((at for at, line in enumerate(lines) if _USE.match(line)), None)
    if opening is None:
        body = text if text.endswith(newline) or not text else text + newline
        return f"{body}{newline}use ./{folder}{newline}".encode()
    closing = next(at for at in range(opening, len(lines)) if lines[at].strip().startswith(")"))
    used = [at for at in range(opening + 1, closing) if lines[at].strip().startswith((".", '"'))]
    indent = (
        lines[used[-1]][: len(lines[used[-1]]) - len(lines[used[-1]].lstrip())] if used else "\t"
    )
    new = f"./{folder}"
    paths = [lines[at].strip().strip('"') for at in used]
    at = closing
    if paths == sorted(paths):
        at = next((used[n] for n, path in enumerate(paths) if path > new), closing)
    lines.insert(at, f"{indent}{new}")
    return newline.join(lines).encode()


def add_row(content: bytes, service_id: str, category: str) -> bytes:
    """A deployment profile with one more row, after the last of a microservice."""
    lines = content.decode().split("\n")
    rows = [at for at, line in enumerate(lines) if _OWN_ROW.match(line)]
    rows = rows or [at for at, line in enumerate(lines) if _ROW.match(line)]
    row = f"| {service_id} | {category} | **Microservice** |"
    if rows:
        lines.insert(rows[-1] + 1, row)
    else:
        lines += ["| Service | Category | Deployment |", "|---|---|---|", row, ""]
    return "\n".join(lines).encode()


def add_bullet(content: bytes, service_id: str, title: str, domain: str) -> bytes:
    """The same with the service below the title of its domain, which is added where it is missing."""
    lines = content.decode().split("\n")
    if not any(line.strip() == _SECTION for line in lines):
        lines = [*"\n".join(lines).rstrip().split("\n"), "", _SECTION, ""]
    start = next(at for at, line in enumerate(lines) if line.strip() == _SECTION)
    end = next(
        (at for at in range(start + 1, len(lines)) if lines[at].startswith("## ")), len(lines)
    )
    for at in range(start + 1, end):
        found = lines[at].removeprefix("### ").strip() if lines[at].startswith("### ") else ""
        if found and (found == title or slug(found) == domain):
            last = at
            while last + 1 < end and (
                not lines[last + 1].strip() or lines[last + 1].startswith("- ")
            ):
                last += 1
            while not lines[last].strip():
                last -= 1
            gap = [""] if last == at else []
            lines[last + 1 : last + 1] = [*gap, f"- {service_id}"]
            return "\n".join(lines).encode()
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    lines[end:end] = ["", f"### {title}", "", f"- {service_id}", *([""] * (end == len(lines)))]
    return "\n".join(lines).encode()
