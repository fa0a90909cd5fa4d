"""What exit codes mean, where they mean anything to everybody."""

_MEANINGS = {
    124: "out of time: ended by its guard, or by a timeout of its own",
    125: "the container could not be run",
    126: "the command cannot be executed",
    127: "the command was not found",
    # 128 + the number of the signal that ended it, as on Linux.
    129: "its terminal was closed (SIGHUP)",
    130: "interrupted (SIGINT)",
    132: "illegal instruction (SIGILL): perhaps it was built for another processor",
    134: "aborted (SIGABRT)",
    135: "crashed (SIGBUS)",
    136: "a calculation that cannot be made, such as a division by zero (SIGFPE)",
    137: "killed (SIGKILL): mostly it needed more memory than it may have",
    139: "crashed (SIGSEGV)",
    141: "nobody read what it wrote (SIGPIPE)",
    143: "told to end (SIGTERM)",
    152: "used more processor time than it may (SIGXCPU)",
    153: "wrote a larger file than it may (SIGXFSZ)",
}


def meaning(code: int) -> str:
    """Return what an exit code means, or nothing where only the job itself knows."""
    return _MEANINGS.get(code, "")
