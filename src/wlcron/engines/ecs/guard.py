"""The guard's script: the second essential container of a task, which ends it at its deadline.

When an essential container ends, ECS stops the others: at the deadline this one exits 124, which
tells a time-out from every other end; when the job ends first, ECS sends TERM, and it ends at once.
It needs nothing but sh and sleep.
"""

TIMEOUT = "WL_TIMEOUT"  # its variable, in seconds; every event repeats it from RunTask
AT_DEADLINE = 124

# - The first process of a container ignores TERM, unless it says what to do.
# - `sleep & wait`, because a shell acts on a signal only after a command in the foreground.
# - A sleep that fails is no deadline.
SCRIPT = f"""\
trap "exit 0" TERM
sleep "${TIMEOUT}" &
wait $! || exit 1
exit {AT_DEADLINE}
"""
