"""Which image stands for a name in an environment: from the map that CI gives, or from its registry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from tierline.errors import TierlineError
from tierline.facts.images import Image, bare_name, is_here
from tierline.mesh.clean import clean
from tierline.mesh.image import is_from
from tierline.targets.kubernetes.rendering import Trouble

if TYPE_CHECKING:
    from tierline.policy.model import Policy
    from tierline.registry_login.docker_config import Logins

_AT_ONCE = 8


class Images:
    """The images of names; a registry is asked once for each, and only one that the policy trusts."""

    def __init__(
        self, given: Mapping[str, Image], tag: str, policy: Policy, logins: Callable[[], Logins]
    ) -> None:
        self._logged_in = cache(logins)
        self._given, self._tag = given, tag
        self._template, self._trusted = policy.shipping.image, policy.trust.registries
        self._known: dict[str, Image | Trouble | None] = {}

    def of(self, names: Iterable[str]) -> tuple[Mapping[str, Image], tuple[Trouble, ...]]:
        """The images of those names that any is known of, and why others are not."""
        wanted = sorted(set(names))
        new = [name for name in wanted if name not in self._known]
        if self._tag and len(new) > 1:
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                self._known.update(zip(new, pool.map(self._find, new), strict=True))
        else:
            self._known.update((name, self._find(name)) for name in new)
        found = {name: self._known[name] for name in wanted}
        images = {name: one for name, one in found.items() if isinstance(one, Image)}
        return images, tuple(one for one in found.values() if isinstance(one, Trouble))

    def _find(self, name: str) -> Image | Trouble | None:
        given = self._given.get(name)
        if given is not None:
            return given if given.source else self._with_source(given)
        if not self._tag:
            return None
        reference = self._tagged(name)
        if not self._may_ask(reference):
            message = (
                f"image {clean(reference, 200)}: the policy trusts no such registry to be asked"
            )
            return Trouble("image/registry", message, unknown=True)
        from tierline.evidence.registry import look_up  # noqa: PLC0415 - seldom needed

        try:
            found = look_up(reference, self._logged_in())
        except TierlineError as error:
            return Trouble("image/not-pinned", error.message, unknown=True)
        return Image(name, f"{bare_name(reference)}@{found.digest}", found.source)

    def _tagged(self, name: str) -> str:
        template = self._template or "{name}:{tag}"
        return template.replace("{name}", name).replace("{tag}", self._tag)

    def _with_source(self, image: Image) -> Image:
        """What the registry says that it was built from; unknown where nobody may or can be asked."""
        if not self._may_ask(image.reference):
            return image
        from tierline.evidence.registry import look_up  # noqa: PLC0415 - seldom needed

        try:
            return replace(image, source=look_up(image.reference, self._logged_in()).source)
        except TierlineError:
            return image

    def _may_ask(self, reference: str) -> bool:
        from tierline.evidence.registry import host_of  # noqa: PLC0415 - seldom needed

        host = host_of(reference)
        if self._trusted:
            return bool(host) and any(is_from(reference, one) for one in self._trusted)
        return bool(host) and (bool(self._template) or is_here(host))
