#include "terminal/detach.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void live(void (*run)(void *data), void *data)
{
	/* Not to be reached by what is sent to the program's group, nor to have a terminal of its own. */
	setsid();
	if (chdir("/") < 0)
		_exit(1);
	run(data);
	_exit(0);
}

/*
 * Two forks: the child of a child that has ended is nobody's. Signals stay blocked there, where the handlers of the
 * program would run into nothing.
 */
int detach(void (*run)(void *data), void *data)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pid_t child = fork();
	int error = errno;
	if (child)
		pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (child < 0)
		return error;
	if (child == 0) {
		pid_t detached = fork();

		if (detached == 0)
			live(run, data);
		_exit(detached < 0);
	}
	int status = 0;
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return status ? EAGAIN : 0;
}
