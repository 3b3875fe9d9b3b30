#include "program/job.h"

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
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "program/relay.h"

/* From the end of a program until its terminal tells that nobody else has it open. */
#define LAST_MS 50

/* How long the monitor may take to end, when it has to. */
#define MONITOR_MS 1000

static void discard(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void job_init(struct job *job)
{
	*job = (struct job){.master = -1, .reports = -1, .process = -1};
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

enum received { RECEIVED, NOTHING_YET, NOTHING_MORE };

static enum received receive(const struct job *job, struct monitor_report *report, int flags)
{
	ssize_t length;

	do
		length = recv(job->reports, report, sizeof(*report), flags);
	while (length < 0 && errno == EINTR);
	if (length == (ssize_t)sizeof(*report))
		return RECEIVED;
	return length < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? NOTHING_YET : NOTHING_MORE;
}

/* Returns -1 where the system has no such thing. */
static int open_process(pid_t pid)
{
#ifdef SYS_pidfd_open
	return (int)syscall(SYS_pidfd_open, pid, 0);
#else
	return -1;
#endif
}

/* Returns 0, or the errno that it has failed with. */
static int wait_for_start(struct job *job)
{
	struct monitor_report report;

	if (receive(job, &report, MSG_WAITALL) != RECEIVED)
		return ECANCELED;
	if (report.kind == MONITOR_FAILED)
		return report.status;
	job->pid = report.pid;
	job->session = job->monitor;
	job->process = open_process(job->pid);
	return 0;
}

int job_start(struct job *job, const struct monitor_command *command, int tty)
{
	int ends[2] = {-1, -1}, slave = -1;
	int error = open_pty(tty, &job->master, &slave);

	if (!error)
		error = open_reports(ends);
	job->reports = ends[0];
	struct monitor_task task = {command, slave, ends[1]};
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

/* --- ending --- */

/* The monitor lets go of the pty when the program has ended; who has it open a moment later is somebody else. */
static bool leaves_somebody(const struct job *job)
{
	struct pollfd pollfd = {.fd = job->master};

	return (job->ended || job->unwatched) && poll(&pollfd, 1, LAST_MS) == 0;
}

/* Waits for the monitor's end, and not for ever. */
static void reap_monitor(struct job *job)
{
	uint64_t deadline = clock_now() + MONITOR_MS * CLOCK_MILLISECOND;

	do {
		pid_t pid = waitpid(job->monitor, &job->monitor_status, WNOHANG);

		if (pid == job->monitor || (pid < 0 && errno != EINTR)) {
			job->monitor = 0;
			return;
		}
		poll(NULL, 0, 1);
	} while (clock_now() < deadline);
}

/* The hang-up may come before it listens, if it never got as far as that. */
static void end_monitor(struct job *job)
{
	kill(job->monitor, SIGHUP);
	reap_monitor(job);
	if (!job->monitor)
		return;
	kill(job->monitor, SIGKILL);
	reap_monitor(job);
}

void job_close(struct job *job, int tty)
{
	/* As long as the relay has the pty, the monitor stays, which keeps it a terminal for them. */
	if (tty >= 0 && job->master >= 0 && leaves_somebody(job) && relay_start(job->master, tty) == 0)
		job->monitor = 0;
	discard(&job->master);
	discard(&job->reports);
	discard(&job->process);
	if (job->monitor > 0)
		end_monitor(job);
	job->monitor = 0;
}

/* --- what becomes of it --- */

/* For a program without a monitor. */
static bool is_running(const struct job *job)
{
	struct pollfd pollfd = {.fd = job->process, .events = POLLIN};

	return job->pid > 0 && getsid(job->pid) == job->session && (job->process < 0 || poll(&pollfd, 1, 0) == 0);
}

/* The end of the socket comes a moment before that of the process. */
static void note_loss(struct job *job)
{
	job->unwatched = true;
	job->stopped = false;
	discard(&job->reports);
	reap_monitor(job);
}

static void note_change(struct job *job, int status)
{
	job->stopped = WIFSTOPPED(status);
	job->ended = WIFEXITED(status) || WIFSIGNALED(status);
	job->status = status;
}

void job_look(struct job *job)
{
	struct monitor_report report;
	enum received received = NOTHING_YET;

	while (job->reports >= 0 && !job->ended && (received = receive(job, &report, MSG_DONTWAIT)) == RECEIVED) {
		if (report.kind == MONITOR_CHANGED)
			note_change(job, report.status);
	}
	if (received == NOTHING_MORE)
		note_loss(job);
	if (job->unwatched && !job->ended)
		job->ended = !is_running(job);
}

bool job_has_terminal(const struct job *job)
{
	return job->pid > 0 && !job->ended && !job->unwatched;
}

static bool takes_signals(const struct job *job)
{
	return job->pid > 0 && !job->ended && (!job->unwatched || is_running(job));
}

void job_signal(const struct job *job, int signal)
{
	if (takes_signals(job))
		kill(job->pid, signal);
}

static pid_t group(const struct job *job)
{
	pid_t foreground = tcgetpgrp(job->master);

	return foreground > 0 ? foreground : job->pid;
}

void job_signal_all(const struct job *job, int signal)
{
	if (takes_signals(job))
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

static void describe(int status, char *buffer, size_t size)
{
	int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	snprintf(buffer, size, number ? "ended by signal %d" : "ended with status %d",
	         number ? number : WEXITSTATUS(status));
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		if (signals[i].number == number)
			snprintf(buffer, size, "ended by SIG%s", signals[i].name);
	}
}

void job_describe(const struct job *job, char *buffer, size_t size)
{
	if (job->unwatched)
		snprintf(buffer, size, "ended with an unknown status");
	else
		describe(job->status, buffer, size);
}

int job_exit_status(const struct job *job)
{
	return WIFSIGNALED(job->status) ? 128 + WTERMSIG(job->status) : WEXITSTATUS(job->status);
}

void job_tell_known(const struct job *job, char buffer[JOB_KNOWN_MAX])
{
	char how[JOB_HOW_MAX], where[JOB_HOW_MAX] = "has ended, too";

	describe(job->monitor_status, how, sizeof(how));
	if (is_running(job))
		snprintf(where, sizeof(where), "still runs as process %ld", (long)job->pid);
	snprintf(buffer, JOB_KNOWN_MAX,
	         "the process that watched the program has %s, so the program's exit status is unknown; the program %s",
	         how, where);
}
