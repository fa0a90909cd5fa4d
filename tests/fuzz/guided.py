"""One target under atheris, which sees what is executed and goes where it has not been.

`python -m tests.fuzz.guided TARGET [libFuzzer's options] FOLDER`; scripts/fuzz.py runs it. The
folder holds what was found to lead somewhere new. A broken rule ends it, with a traceback.
"""

import logging
import sys
from pathlib import Path
from random import Random

import atheris

with atheris.instrument_imports(include=["wlcron", "yaml", "tomllib"]):
    from tests.fuzz.targets import Target, all_targets

    TARGETS = all_targets()

import structlog


def main() -> None:
    """Fuzz one target until libFuzzer's options say enough."""
    program, name, *options = sys.argv
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    target = TARGETS[name]
    _plant(target, Path(options[-1]))

    def mutated(data: bytes, size: int, seed: int) -> bytes:
        dice = Random(seed)  # noqa: S311 -- dice, no secrets
        # Half of the time atheris' own changes, half of the time those that know the document.
        if dice.randrange(2):
            changed: bytes = atheris.Mutate(data, size)
            return changed
        return target.mutate(data, dice, target.words)[:size]

    atheris.Setup([program, *options], target.check, custom_mutator=mutated)
    atheris.Fuzz()


def _plant(target: Target, corpus: Path) -> None:
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds):
        (corpus / f"seed-{number}").write_bytes(seed)


if __name__ == "__main__":
    main()
