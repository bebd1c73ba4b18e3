"""Which `format` includes which; one that is not listed includes itself alone."""

from __future__ import annotations

_WIDER = {
    "int8": {"int16", "int32", "int64", "float", "double"},
    "int16": {"int32", "int64", "float", "double"},
    "int32": {"int64", "double"},
    "float": {"double"},
    "email": {"idn-email"},
    "hostname": {"idn-hostname"},
    "uri": {"uri-reference", "iri", "iri-reference"},
    "uri-reference": {"iri-reference"},
    "iri": {"iri-reference"},
}


def includes(wanted: str, written: str) -> bool:
    """Whether everything in the format `written` is in the format `wanted`."""
    return wanted == written or wanted in _WIDER.get(written, ())
