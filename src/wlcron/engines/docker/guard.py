"""The guard's script: what ends an execution at its deadline, with or without a server.

The guard is the first process of the PID namespace that the job joins: when it ends, the kernel
kills whatever is left there. It needs nothing but sh, kill and sleep.
"""

# Its variables: TIMEOUT and NAP in hundredths of a second, GRACE in tenths. It naps for so long
# at most before it looks whether anybody is left: a job gets this long to appear, and a guard
# without a server idles no longer than this after its job.
NAP = 3000

# - Time is counted on the kernel's own clock (/proc/uptime, hundredths of a second), so that
#   setting the machine's clock neither ends a job nor lets it live.
# - `sleep & wait`, because a shell acts on a signal only after a command in the foreground.
# - `kill -0 -1` fails when nobody but the guard is left in the namespace; `kill -1` never
#   reaches the first process itself.
# - 124 says that the deadline has come, 143 that somebody has asked for the end.
SCRIPT = """\
now() { read -r t _ < /proc/uptime; t=${t%.*}${t#*.}; }
end() {
  trap "" TERM
  kill -TERM -1
  i=0
  while [ "$i" -lt "$GRACE" ] && kill -0 -1; do sleep 0.1; i=$((i + 1)); done
  exit "$1"
} 2>/dev/null
trap "end 143" TERM
now
over=$((t + TIMEOUT))
while now; left=$((over - t)); [ "$left" -gt 0 ]; do
  [ "$left" -lt "$NAP" ] || left=$NAP
  rest=$((100 + left % 100))
  sleep "$((left / 100)).${rest#1}" & wait $!
  kill -0 -1 2>/dev/null || exit 0
done
end 124
"""
AT_DEADLINE = 124
ON_REQUEST = 143
