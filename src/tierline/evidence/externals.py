"""Asks services outside the mesh whether they are well, as the policy says for each of them.

An address comes from the policy file alone: a mesh must not choose whom a release machine asks.
"""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from tierline.facts.evidence import Answer
from tierline.facts.externals import External
from tierline.facts.instant import Instant
from tierline.mesh.clean import clean
from tierline.mesh.names import short_id
from tierline.policy.model import Voucher

SECONDS = 3.0
"""how long one of them is waited for"""
_AT_ONCE = 16
_LONGEST = 200


def vouched_for(
    externals: Iterable[str], vouchers: Mapping[str, Voucher], now: Instant
) -> dict[str, External]:
    """External -> what is known of it, of those that a voucher is about, by its id or `M31` of it."""
    found = {name: vouchers.get(name) or vouchers.get(short_id(name)) for name in set(externals)}
    mine = {name: voucher for name, voucher in sorted(found.items()) if voucher is not None}
    known = {name: _attested(one, now) for name, one in mine.items() if not one.probe}
    probes = sorted({one.probe for one in mine.values() if one.probe})
    if probes:
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - few policies name any

        with ThreadPoolExecutor(min(_AT_ONCE, len(probes))) as pool:
            answers = dict(zip(probes, pool.map(_asked, probes), strict=True))
        known |= {name: answers[one.probe] for name, one in mine.items() if one.probe}
    return known


def _attested(voucher: Voucher, now: Instant) -> External:
    until = dt.datetime.fromtimestamp(voucher.expires, dt.UTC).strftime("%Y-%m-%d %H:%M UTC")
    if now >= voucher.expires:
        said = f"the attestation of {clean(voucher.author, _LONGEST)} ended {until}"
        return External(Answer.UNKNOWN, said)
    return External(Answer.OK, f"attested by {clean(voucher.author, _LONGEST)} until {until}")


def _asked(probe: str) -> External:
    """Of `http(s)://...`: 2xx is well. Of `tcp://host:port`: that it accepts a connection."""
    return _connected(probe) if probe.startswith("tcp:") else _got(probe)


def _connected(probe: str) -> External:
    address = urlsplit(probe)
    try:
        socket.create_connection((address.hostname or "", address.port or 0), SECONDS).close()
    except OSError as error:
        return External(Answer.NOBODY, clean(f"{probe}: {error.strerror or error}", _LONGEST))
    return External(Answer.OK, f"{probe} accepts connections")


def _got(probe: str) -> External:
    """A proxy of the environment may pass on what is encrypted; in clear text it could answer itself."""
    import httpx2  # noqa: PLC0415 - slow to import

    shown = clean(probe.partition("?")[0], _LONGEST)
    secured = probe.startswith("https:")
    client = httpx2.Client(timeout=SECONDS, follow_redirects=False, trust_env=secured)
    try:
        with client, client.stream("GET", probe) as answer:
            status = answer.status_code
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        why = clean(str(error), _LONGEST) or type(error).__name__
        return External(Answer.NOBODY, f"GET {shown}: {why}")
    told = f"GET {shown} answers {status}"
    return External(Answer.OK if 200 <= status < 300 else Answer.FAILED, told)
