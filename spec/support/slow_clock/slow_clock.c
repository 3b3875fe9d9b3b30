/* Preloaded: the clock takes a millisecond, save in a process's first thread. What others do around it takes that long. */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

__attribute__((visibility("default"))) int clock_gettime(clockid_t clock, struct timespec *now)
{
	if (syscall(SYS_gettid) != syscall(SYS_getpid))
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	return (int)syscall(SYS_clock_gettime, clock, now);
}

__attribute__((visibility("default"))) void Init_slow_clock(void)
{
}
