"""What is known of a service outside the mesh; knows neither who asked nor how."""

from __future__ import annotations

from tierline.facts.evidence import Answer
from tierline.frozen import frozen


@frozen
class External:
    """What a probe of it answered, or what an attestation of it is worth now; `detail` in words."""

    answer: Answer
    detail: str = ""

    @property
    def vouched(self) -> bool:
        """Whether somebody or something says that it is there."""
        return self.answer is Answer.OK
