"""Reads `configs/default.yaml`: nested keys, lists and scalars; knows no other YAML.

`${VAR}` stands for a variable of the environment. A key of `dependencies` can be overridden by a
variable of its upper-cased name: `auth_http_url` by `AUTH_HTTP_URL`.
"""

from __future__ import annotations

import os
import re

_VARIABLE = re.compile(r"\$\{(\w+)\}")


class ConfigError(Exception):
    """The configuration cannot be used; the message says where and why."""


def read_yaml(text, shown="configuration"):
    """The document as dicts, lists, strings, numbers, booleans and None."""
    lines = []
    for number, raw in enumerate(text.splitlines(), start=1):
        content = _without_comment(raw).rstrip()
        if content.strip() and content.strip() != "---":
            indent = len(content) - len(content.lstrip(" "))
            lines.append((indent, content.strip(), number))
    value, rest = _block(lines, shown)
    if rest:
        raise ConfigError(f"{shown}:{rest[0][2]}: unexpected indentation")
    return {} if value is None else value


def _without_comment(line):
    quote = ""
    for at, char in enumerate(line):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char == "#" and (at == 0 or line[at - 1] in " \t"):
            return line[:at]
    return line


def _block(lines, shown):
    if not lines:
        return None, lines
    return _list(lines, shown) if _is_item(lines[0][1]) else _map(lines, shown)


def _is_item(content):
    return content == "-" or content.startswith("- ")


def _list(lines, shown):
    indent, items = lines[0][0], []
    while lines and lines[0][0] == indent and _is_item(lines[0][1]):
        _, content, number = lines[0]
        inner = content[1:].strip()
        if inner and _key_of(inner):
            offset = indent + len(content) - len(inner)
            item, lines = _block([(offset, inner, number), *lines[1:]], shown)
        elif inner:
            item, lines = _scalar(inner), lines[1:]
        else:
            item, lines = _nested(indent, lines[1:], shown)
        items.append(item)
    return items, lines


def _map(lines, shown):
    indent, values = lines[0][0], {}
    while lines and lines[0][0] == indent and not _is_item(lines[0][1]):
        _, content, number = lines[0]
        key = _key_of(content)
        if key is None:
            raise ConfigError(f"{shown}:{number}: expected `key: value`, found `{content}`")
        rest, name = content[len(key) + 1 :].strip(), str(_scalar(key))
        if name in values:
            raise ConfigError(f"{shown}:{number}: {name} is there twice")
        if rest:
            values[name], lines = _scalar(rest), lines[1:]
        else:
            values[name], lines = _nested(indent, lines[1:], shown)
    return values, lines


def _nested(indent, lines, shown):
    if lines and (lines[0][0] > indent or (lines[0][0] == indent and _is_item(lines[0][1]))):
        return _block(lines, shown)
    return None, lines


def _key_of(content):
    found = re.match(r"""('[^']*'|"[^"]*"|[^\s'"\[{][^:]*):(\s|$)""", content)
    return found.group(1) if found else None


def _scalar(text):
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    if text.startswith("[") and text.endswith("]"):
        return [_scalar(part.strip()) for part in text[1:-1].split(",") if part.strip()]
    if text == "{}":
        return {}
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    if re.fullmatch(r"-?\d+\.\d+", text):
        return float(text)
    return {"true": True, "false": False, "null": None, "~": None}.get(text, text)


class Config:
    """The configuration of one service. `path` is only named in messages."""

    def __init__(self, values, path="configs/default.yaml", environment=None):
        self.values = values
        self._path = path
        self._environment = os.environ if environment is None else environment

    @classmethod
    def load(cls, path):
        """Read a file; ConfigError when it is missing or malformed."""
        try:
            with open(path, encoding="utf-8") as file:
                return cls(read_yaml(file.read(), path), path)
        except OSError as error:
            raise ConfigError(f"{path}: {error.strerror}") from error

    def get(self, dotted, default=None):
        """The value at `service.id`, with `${VAR}` resolved; `default` when it is absent."""
        value = self.values
        for key in dotted.split("."):
            if not isinstance(value, dict) or key not in value:
                return default
            value = value[key]
        return self._resolve(value, dotted)

    def text(self, dotted):
        """A value that must be there and be text."""
        value = self.get(dotted)
        if not isinstance(value, str) or not value:
            raise ConfigError(f"{self._path}: {dotted} is {value!r}, not text")
        return value

    def number(self, dotted):
        """A value that must be there and be a whole number."""
        value = self.get(dotted)
        if isinstance(value, str) and value.isdigit():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise ConfigError(f"{self._path}: {dotted} is {value!r}, not a whole number")
        return value

    def address(self, key):
        """Where a dependency is: from the environment, else from `dependencies`; "" for unset."""
        value = self._environment.get(key.upper()) or self.get("dependencies." + key)
        return value if isinstance(value, str) else ""

    def _resolve(self, value, dotted):
        if isinstance(value, list):
            return [self._resolve(item, dotted) for item in value]
        if not isinstance(value, str):
            return value

        def variable(found):
            if found.group(1) not in self._environment:
                raise ConfigError(
                    f"{self._path}: {dotted} needs {found.group(1)}, which is not set"
                    " (see .env.example)"
                )
            return self._environment[found.group(1)]

        return _VARIABLE.sub(variable, value)
