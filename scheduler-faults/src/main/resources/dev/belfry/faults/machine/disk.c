/* A disk in trouble: preloaded, it looks at every fsync and fdatasync into the file named by BELFRY_DISK. A number
 * there is a delay in milliseconds; EIO and ENOSPC make the call fail so; an empty file changes nothing. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int flush(long call, int target) {
    char text[24] = "";
    const char *name = getenv("BELFRY_DISK");
    int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    if (file >= 0) {
        ssize_t length = read(file, text, sizeof text - 1);
        text[length < 0 ? 0 : length] = 0;
        close(file);
    }
    if (strncmp(text, "EIO", 3) == 0 || strncmp(text, "ENOSPC", 6) == 0) {
        errno = text[1] == 'I' ? EIO : ENOSPC;
        return -1;
    }
    long millis = strtol(text, NULL, 10);
    if (millis > 0) {
        struct timespec delay = {millis / 1000, millis % 1000 * 1000000};
        nanosleep(&delay, NULL);
    }
    return (int)syscall(call, target);
}

int fsync(int file) { return flush(SYS_fsync, file); }

int fdatasync(int file) { return flush(SYS_fdatasync, file); }
