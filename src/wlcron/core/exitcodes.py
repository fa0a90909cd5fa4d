"""What exit codes mean, where they mean anything to everybody."""

_MEANINGS = {
    124: "ended by its guard at its timeout",
    125: "the container could not be run",
    126: "the command cannot be executed",
    127: "the command was not found",
    130: "interrupted (SIGINT)",
    134: "aborted (SIGABRT)",
    137: "killed (SIGKILL): mostly it needed more memory than it may have",
    139: "crashed (SIGSEGV)",
    141: "nobody read what it wrote (SIGPIPE)",
    143: "told to end (SIGTERM)",
}


def meaning(code: int) -> str:
    """Return what an exit code means, or nothing where only the job itself knows."""
    return _MEANINGS.get(code, "")
