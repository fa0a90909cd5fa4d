/* The floor of the host benchmark: starts a program many times, as fast as can be.
 *
 *     floor COUNT PROGRAM ARGUMENT
 *
 * Prints when it began (nanoseconds since 1970), and waits for all of them. */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

int main(int count, char **arguments)
{
    struct timespec now;
    if (count != 4 || clock_gettime(CLOCK_REALTIME, &now) != 0)
        return 2;
    printf("%lld\n", (long long)now.tv_sec * 1000000000 + now.tv_nsec);
    for (int left = atoi(arguments[1]); left > 0; left--) {
        pid_t pid;
        char *command[] = {arguments[2], arguments[3], NULL};
        if (posix_spawn(&pid, command[0], NULL, NULL, command, environ) != 0)
            return 1;
    }
    while (wait(NULL) > 0)
        ;
    return 0;
}
