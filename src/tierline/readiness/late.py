"""Judges by name, so that the table of gates imports none: a check of few gates needs few of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from tierline.mesh.defect import Defect


def judge(module: str, name: str) -> Callable[..., Iterable[Defect]]:
    """The judge `name` of the module `readiness.MODULE`, which is imported when it first judges."""
    return _late(module, name)


def off(module: str, name: str) -> Callable[..., str]:
    """Likewise, the function that says why a gate is not asked."""
    return _late(module, name)


def _late(module: str, name: str) -> Callable[..., Any]:
    def call(*values: object) -> object:
        return getattr(import_module(f"tierline.readiness.{module}"), name)(*values)

    call.__name__, call.__module__ = name, f"tierline.readiness.{module}"
    return call
