"""Which recipients a mail has reached, where a server took it for some and not for others."""

from collections.abc import Mapping
from dataclasses import dataclass

_PERMANENT = range(500, 600)  # SMTP's codes for refusals for good
_MOST_TRIES = 8  # with the outbox's delays ten minutes, which is longer than greylisting lasts


def is_permanent(code: int) -> bool:
    """Whether an answer of SMTP's is a refusal for good."""
    return code in _PERMANENT


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a server took no mail for a recipient."""

    code: int
    text: str

    @property
    def is_permanent(self) -> bool:
        """Whether asking again is of no use."""
        return is_permanent(self.code)

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a mail is."""

    left: tuple[str, ...]  # who it has to be handed over for, as addresses
    lost: Mapping[str, Refusal]  # who it cannot be handed over for
    is_taken: bool = False  # for somebody
    tries: int = 0  # since it was taken for somebody

    @property
    def problem(self) -> str:
        """Return who did not get it, and why."""
        return "; ".join(f"{address}: {why}" for address, why in self.lost.items())


def begin(recipients: tuple[str, ...]) -> Progress:
    """Return the progress of a mail that was handed over for nobody."""
    return Progress(left=recipients, lost={})


def advance(progress: Progress, refused: Mapping[str, Refusal]) -> Progress:
    """Return the progress after the server has answered for everybody that was left.

    As long as nobody is served, everybody may be asked for again; afterwards those who were put
    off, but not for ever: one full mailbox must not keep the all-clear from the others.
    """
    earlier = {each: why for each, why in progress.lost.items() if each not in progress.left}
    left = tuple(each for each in refused if not refused[each].is_permanent)
    is_taken = progress.is_taken or len(refused) < len(progress.left)
    tries = progress.tries + 1 if is_taken else 0
    return Progress(
        left=() if tries >= _MOST_TRIES else left,
        lost=earlier | dict(refused),
        is_taken=is_taken,
        tries=tries,
    )
