/* Steps the wall clock of one process: preloaded, it adds the milliseconds that stand in the file named by
 * BELFRY_WALLCLOCK to every reading of the time of day. The file is looked at again after 5 ms. The monotonic
 * clock is left alone, as a step by NTP or by hand leaves it alone. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { NANOS = 1000000000 };

static long long shift_nanos;
static long long look_again_at;

static long long shift(void) {
    struct timespec mono;
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &mono);
    long long at = mono.tv_sec * (long long)NANOS + mono.tv_nsec;
    if (at < __atomic_load_n(&look_again_at, __ATOMIC_RELAXED)) {
        return __atomic_load_n(&shift_nanos, __ATOMIC_RELAXED);
    }
    __atomic_store_n(&look_again_at, at + 5000000, __ATOMIC_RELAXED);
    const char *name = getenv("BELFRY_WALLCLOCK");
    int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    if (file >= 0) {
        char text[24];
        ssize_t length = read(file, text, sizeof text - 1);
        close(file);
        if (length > 0) {
            text[length] = 0;
            __atomic_store_n(&shift_nanos, strtoll(text, NULL, 10) * 1000000, __ATOMIC_RELAXED);
        }
    }
    return __atomic_load_n(&shift_nanos, __ATOMIC_RELAXED);
}

static int now(clockid_t clock, struct timespec *time) {
    if (syscall(SYS_clock_gettime, clock, time) != 0) {
        return -1;
    }
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) {
        long long nanos = time->tv_nsec + shift() % NANOS;
        time->tv_sec += shift() / NANOS;
        time->tv_sec += nanos < 0 ? -1 : nanos >= NANOS;
        time->tv_nsec = nanos < 0 ? nanos + NANOS : nanos % NANOS;
    }
    return 0;
}

int clock_gettime(clockid_t clock, struct timespec *time) { return now(clock, time); }

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    struct timespec exact;
    (void)zone;
    if (now(CLOCK_REALTIME, &exact) != 0) {
        return -1;
    }
    time->tv_sec = exact.tv_sec;
    time->tv_usec = exact.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *seconds) {
    struct timespec exact;
    now(CLOCK_REALTIME, &exact);
    if (seconds) {
        *seconds = exact.tv_sec;
    }
    return exact.tv_sec;
}
