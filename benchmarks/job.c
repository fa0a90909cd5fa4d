/* The job of the host benchmark: writes down when it was started, and ends.
 *
 *     job FILE
 *
 * Eight bytes, nanoseconds since 1970, appended in one go, so that many can share a file. */
#include <fcntl.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

int main(int count, char **arguments)
{
    struct timespec now;
    if (count != 2 || clock_gettime(CLOCK_REALTIME, &now) != 0)
        return 2;
    int64_t stamp = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
    int file = open(arguments[1], O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    return file < 0 || write(file, &stamp, sizeof stamp) != sizeof stamp;
}
