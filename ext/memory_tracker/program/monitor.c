#include "program/monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "terminal/descriptors.h"

extern char **environ;

/* What the handler of SIGHUP works with; there is one monitor in a process, and nothing else. */
static volatile pid_t running;
static pid_t launcher;

static void report(int fd, int kind, pid_t pid, int status)
{
	struct monitor_report report;

	/* No byte of the stack goes out between the fields. */
	for (size_t i = 0; i < sizeof(report); i++)
		((char *)&report)[i] = 0;
	report.kind = kind;
	report.pid = pid;
	report.status = status;
	while (write(fd, &report, sizeof(report)) < 0 && errno == EINTR)
		;
}

/* --- the program --- */

/* What the program would find if it had been started without the launcher; what is ignored stays so. */
static void reset_signals(void)
{
	struct sigaction action;
	sigset_t none;

	for (int number = 1; number < NSIG; number++) {
		if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_IGN) {
			action = (struct sigaction){.sa_handler = SIG_DFL};
			sigaction(number, &action, NULL);
		}
	}
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void become_program(const struct monitor_task *task, int failure)
{
	setpgid(0, 0);
	/* All signals are blocked, and so is the one that keeps a process in the background from this. */
	tcsetpgrp(task->terminal, getpid());
	for (int fd = 0; fd < 3; fd++) {
		if (!task->command->inherited[fd])
			dup2(task->terminal, fd);
	}
	if (task->terminal > 2)
		close(task->terminal);
	reset_signals();
	environ = (char **)task->command->environment;
	execvp(task->command->arguments[0], task->command->arguments);
	int error = errno;
	/* When nobody reads it there is nobody to tell. */
	if (write(failure, &error, sizeof(error)) < 0)
		_exit(126);
	_exit(127);
}

/* --- the monitor --- */

static _Noreturn void give_up(const struct monitor_task *task, int error)
{
	report(task->reports, MONITOR_FAILED, 0, error);
	_exit(1);
}

/* Returns when it is another program already, or not at all. */
static pid_t start_program(const struct monitor_task *task)
{
	int failure[2], error = 0;

	if (pipe(failure) < 0)
		give_up(task, errno);
	for (int i = 0; i < 2; i++)
		fcntl(failure[i], F_SETFD, FD_CLOEXEC);
	pid_t program = fork();
	if (program == 0)
		become_program(task, failure[1]);
	if (program < 0)
		give_up(task, errno);
	close(failure[1]);
	while (read(failure[0], &error, sizeof(error)) < 0 && errno == EINTR)
		;
	if (error)
		give_up(task, error);
	close(failure[0]);
	return program;
}

/*
 * The terminal is gone, and with it goes the program, as it would with a shell. Not so for a signal from elsewhere, such
 * as `pkill -HUP -f NAME`, which finds this process by the launcher's arguments and is meant for the program.
 */
static void hang_up(int signal, siginfo_t *info, void *context)
{
	if (info->si_code == SI_USER && info->si_pid > 0 && info->si_pid != launcher)
		return;
	if (running) {
		kill(-running, SIGHUP);
		kill(-running, SIGCONT);
	}
	_exit(128 + signal);
}

static void listen_for_hang_up(void)
{
	struct sigaction action = {.sa_sigaction = hang_up, .sa_flags = SA_SIGINFO};
	sigset_t others;

	sigfillset(&action.sa_mask);
	sigaction(SIGHUP, &action, NULL);
	sigfillset(&others);
	sigdelset(&others, SIGHUP);
	sigprocmask(SIG_SETMASK, &others, NULL);
}

/* Waits for the program's end, and says what happens until then. */
static void watch(pid_t program)
{
	int status;
	pid_t pid;

	do {
		pid = waitpid(program, &status, WUNTRACED | WCONTINUED);
		if (pid != program)
			continue;
		if (WIFEXITED(status) || WIFSIGNALED(status)) {
			running = 0;
			/* What is left of the program's group is in the background from now on. */
			tcsetpgrp(0, getpgrp());
		}
		report(1, MONITOR_CHANGED, program, status);
	} while (pid == program ? !WIFEXITED(status) && !WIFSIGNALED(status) : errno == EINTR);
}

_Noreturn void monitor_run(const struct monitor_task *task)
{
	launcher = getppid();
	setsid();
	if (ioctl(task->terminal, TIOCSCTTY, 0) < 0)
		give_up(task, errno);
	pid_t program = start_program(task);
	int terminal = task->terminal, reports = task->reports;

	running = program;
	/* The terminal is 0 from now on, and the reports are 1. */
	descriptors_keep((int *const[]){&terminal, &reports}, 2);
	listen_for_hang_up();
	report(1, MONITOR_STARTED, program, 0);
	watch(program);
	close(0);
	for (;;)
		pause();
}
