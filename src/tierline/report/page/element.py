"""Builds HTML from foreign text safely: elements escape what they hold; knows no page.

The standard library's tree does the escaping, so that no piece of HTML is ever put together by hand.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, tostring

from tierline.report.style import clean

Child = Element | str | None


def el(tag: str, *children: Child, **attributes: str | None) -> Element:
    """An element; text is cleaned, `None` left out. `class_` and `data_x` stand for `class`, `data-x`."""
    made = Element(tag)
    for name, value in attributes.items():
        if value is not None:
            made.set(name.rstrip("_").replace("_", "-"), clean(value))
    for child in children:
        if isinstance(child, str):
            _append(made, clean(child))
        elif child is not None:
            made.append(child)
    return made


def _append(parent: Element, text: str) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def to_html(root: Element) -> str:
    """The whole document. `style` elements keep their text as it is: never give them foreign text."""
    return "<!doctype html>\n" + tostring(root, encoding="unicode", method="html") + "\n"
