#include "terminal/job.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "terminal/monitor.h"
#include "terminal/relay.h"

/* From the end of a program until its terminal tells that nobody else has it open. */
#define LAST_MS 50

static void discard(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void job_init(struct job *job)
{
	*job = (struct job){.master = -1, .reports = -1};
}

/* --- starting --- */

/* Returns 0 or an errno. */
static int open_pty(int tty, int *master, int *slave)
{
	struct termios modes;
	struct winsize size;

	*slave = -1;
	*master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (*master < 0)
		return errno;
	const char *name = grantpt(*master) < 0 || unlockpt(*master) < 0 ? NULL : ptsname(*master);
	if (name)
		*slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (*slave < 0 || fcntl(*master, F_SETFL, O_NONBLOCK) < 0)
		return errno;
	if (tcgetattr(tty, &modes) == 0)
		tcsetattr(*slave, TCSANOW, &modes);
	if (ioctl(tty, TIOCGWINSZ, &size) == 0)
		ioctl(*slave, TIOCSWINSZ, &size);
	return 0;
}

/* Both ends are closed by exec, so that the other one tells of its success. */
static int open_reports(int ends[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
		return errno;
	for (int i = 0; i < 2; i++)
		fcntl(ends[i], F_SETFD, FD_CLOEXEC);
	return 0;
}

/* The signals stay blocked in the monitor, where the handlers of this process would run into nothing. */
static int fork_monitor(struct job *job, const struct monitor_task *task)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	job->monitor = fork();
	int error = job->monitor < 0 ? errno : 0;
	if (job->monitor == 0)
		monitor_run(task);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error;
}

static bool receive(const struct job *job, struct monitor_report *report, int flags)
{
	ssize_t length;

	do
		length = recv(job->reports, report, sizeof(*report), flags);
	while (length < 0 && errno == EINTR);
	return length == (ssize_t)sizeof(*report);
}

/* Returns 0, or the errno that it has failed with. */
static int wait_for_start(struct job *job)
{
	struct monitor_report report;

	if (!receive(job, &report, MSG_WAITALL))
		return EAGAIN;
	job->pid = report.pid;
	return report.kind == MONITOR_FAILED ? report.status : 0;
}

int job_start(struct job *job, char *const *arguments, char *const *environment, int tty)
{
	int ends[2] = {-1, -1}, slave = -1;
	int error = open_pty(tty, &job->master, &slave);

	if (!error)
		error = open_reports(ends);
	job->reports = ends[0];
	struct monitor_task task = {arguments, environment, slave, ends[1]};
	if (!error)
		error = fork_monitor(job, &task);
	discard(&slave);
	discard(&ends[1]);
	if (!error)
		error = wait_for_start(job);
	if (error)
		job_close(job, -1);
	return error;
}

/* The monitor lets go of the pty when the program has ended; who has it open a moment later is somebody else. */
static bool leaves_somebody(const struct job *job)
{
	struct pollfd pollfd = {.fd = job->master};

	return job->ended && poll(&pollfd, 1, LAST_MS) == 0;
}

void job_close(struct job *job, int tty)
{
	/* As long as the relay has the pty, the monitor stays, which keeps it a terminal for them. */
	if (tty >= 0 && job->master >= 0 && leaves_somebody(job) && relay_start(job->master, tty) == 0)
		job->monitor = 0;
	discard(&job->master);
	discard(&job->reports);
	if (job->monitor > 0) {
		/* The hang-up may come before it listens, if it never got as far as that. */
		kill(job->monitor, SIGHUP);
		while (waitpid(job->monitor, NULL, 0) < 0 && errno == EINTR)
			;
	}
	job->monitor = 0;
}

/* --- what becomes of it --- */

void job_look(struct job *job)
{
	struct monitor_report report;

	while (job->reports >= 0 && !job->ended && receive(job, &report, MSG_DONTWAIT)) {
		if (report.kind != MONITOR_CHANGED)
			continue;
		job->stopped = WIFSTOPPED(report.status);
		job->ended = WIFEXITED(report.status) || WIFSIGNALED(report.status);
		job->status = report.status;
	}
}

void job_signal(const struct job *job, int signal)
{
	if (job->pid > 0 && !job->ended)
		kill(job->pid, signal);
}

static pid_t group(const struct job *job)
{
	pid_t foreground = tcgetpgrp(job->master);

	return foreground > 0 ? foreground : job->pid;
}

void job_signal_all(const struct job *job, int signal)
{
	if (job->pid > 0 && !job->ended)
		kill(-group(job), signal);
}

void job_stop(const struct job *job)
{
	job_signal_all(job, SIGTSTP);
}

void job_continue(struct job *job)
{
	job_signal_all(job, SIGCONT);
	job->stopped = false;
}

/* --- its screen --- */

void job_resize(const struct job *job, int tty)
{
	struct winsize wanted, is;

	if (job->master < 0 || ioctl(tty, TIOCGWINSZ, &wanted) < 0 || ioctl(job->master, TIOCGWINSZ, &is) < 0)
		return;
	if (wanted.ws_col != is.ws_col || wanted.ws_row != is.ws_row)
		ioctl(job->master, TIOCSWINSZ, &wanted);
}

void job_size(const struct job *job, unsigned *columns, unsigned *lines)
{
	struct winsize size = {0};
	bool known = ioctl(job->master, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col;

	*columns = known ? size.ws_col : 80;
	*lines = known ? size.ws_row : 24;
}

void job_redraw(const struct job *job)
{
	job_signal_all(job, SIGWINCH);
}

static const struct {
	int number;
	const char *name;
} signals[] = {{SIGHUP, "HUP"},   {SIGINT, "INT"},   {SIGQUIT, "QUIT"}, {SIGILL, "ILL"},
               {SIGTRAP, "TRAP"}, {SIGABRT, "ABRT"}, {SIGBUS, "BUS"},   {SIGFPE, "FPE"},
               {SIGKILL, "KILL"}, {SIGSEGV, "SEGV"}, {SIGPIPE, "PIPE"}, {SIGALRM, "ALRM"},
               {SIGTERM, "TERM"}, {SIGUSR1, "USR1"}, {SIGUSR2, "USR2"}, {SIGXCPU, "XCPU"}};

void job_describe(const struct job *job, char *buffer, size_t size)
{
	int number = WIFSIGNALED(job->status) ? WTERMSIG(job->status) : 0;

	snprintf(buffer, size, number ? "ended by signal %d" : "ended with status %d",
	         number ? number : WEXITSTATUS(job->status));
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		if (signals[i].number == number)
			snprintf(buffer, size, "ended by SIG%s", signals[i].name);
	}
}
