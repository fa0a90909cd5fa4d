"""Where the process `wl` begins and ends, kept short in time."""

import gc


def main() -> int:
    """Run `wl` with the arguments of the process and return its exit code."""
    # A command is over before collecting garbage could pay; `wl server` turns it on again.
    gc.disable()
    from wlcron.cli.program import run

    code = run()
    # Nor is there anything to be found in a last search: the process ends here.
    gc.freeze()
    return code
