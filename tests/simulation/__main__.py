"""`python -m tests.simulation`: simulates seed after seed until one breaks a promise, or stopped.

--seed 7 lives through one, --seeds 0-99 through some; neither: on and on, from --from. A seed that
breaks a promise is made smaller and printed; --log writes its whole log. --mutants plants the bugs
of tests/simulation/mutants one at a time instead, and sees each found.
"""

import argparse
import itertools
import os
import sys
from collections.abc import Iterable

HASHES = "PYTHONHASHSEED"


def main() -> int:
    """Do what the command line asks for; return the exit code, 1 when a promise was broken."""
    given = _arguments()
    if os.environ.get(HASHES) != "0":
        # Sets are gone through in the order of hashes, which would differ from run to run.
        os.environ[HASHES] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "tests.simulation", *sys.argv[1:]])  # noqa: S606 -- this program again
    if given.mutants:
        from tests.simulation.mutants import hunt_all

        return hunt_all(given.most)
    from tests.simulation.campaign import Campaign

    campaign = Campaign(given.steps, given.seconds, given.log, given.shrink, given.keep_going)
    return 0 if campaign.run(_seeds(given)) else 1


def _seeds(given: argparse.Namespace) -> Iterable[int]:
    if given.seed is not None:
        return [given.seed]
    return given.seeds or itertools.count(given.first)


def _range(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def _positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _arguments() -> argparse.Namespace:
    from tests.simulation.plan import STEPS

    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--seeds", type=_range, help="some, as 0-99")
    parser.add_argument("--from", type=int, default=0, dest="first", help="where to begin")
    parser.add_argument("--seconds", type=_positive, help="no seed begins after so many")
    parser.add_argument("--steps", type=_positive, default=STEPS, help="so many are disturbed")
    parser.add_argument("--log", default="", help="write the log of the last seed into this file")
    parser.add_argument("--no-shrink", action="store_false", dest="shrink")
    parser.add_argument("--keep-going", action="store_true", help="also after a broken promise")
    parser.add_argument("--mutants", action="store_true")
    parser.add_argument("--most", type=int, default=100, help="seeds for each planted bug")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
