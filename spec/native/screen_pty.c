#include "screen_pty.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

uint64_t pty_milliseconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

size_t pty_read_some(struct pty *pty)
{
	char bytes[4096];
	ssize_t got = read(pty->person, bytes, sizeof bytes);

	if (got <= 0)
		return 0;
	buffer_add(&pty->seen, bytes, (size_t)got);
	return (size_t)got;
}

size_t pty_read_all(struct pty *pty)
{
	uint64_t end = pty_milliseconds() + DEADLINE_MS;
	size_t before = pty->seen.length;

	while (!screen_send(pty->screen)) {
		pty_read_some(pty);
		assert_true(pty_milliseconds() < end);
	}
	while (pty_read_some(pty) > 0)
		;
	return pty->seen.length - before;
}

bool pty_has_seen(const struct pty *pty, const char *text)
{
	return pty->seen.length >= strlen(text) && memmem(pty->seen.text, pty->seen.length, text, strlen(text));
}

void pty_put(struct pty *pty, unsigned line, const char *text)
{
	grid_put(&pty->grid, line, 1, GRID_PLAIN, text, strlen(text));
}

struct pty *pty_open(const char *type)
{
	struct pty *pty = calloc(1, sizeof *pty);
	struct winsize size = {.ws_col = COLUMNS, .ws_row = LINES_COUNT};
	unsigned columns, lines;

	setenv("TERM", type, 1);
	pty->person = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(pty->person >= 0 && grantpt(pty->person) == 0 && unlockpt(pty->person) == 0);
	fcntl(pty->person, F_SETFL, O_NONBLOCK);
	pty->terminal = open(ptsname(pty->person), O_RDWR | O_NOCTTY);
	assert_true(pty->terminal >= 0);
	ioctl(pty->terminal, TIOCSWINSZ, &size);
	pty->screen = screen_open(pty->terminal, false);
	assert_non_null(pty->screen);
	assert_true(screen_measure(pty->screen, &columns, &lines));
	assert_int_equal(columns, COLUMNS);
	assert_true(grid_init(&pty->grid) && grid_resize(&pty->grid, columns, lines));
	return pty;
}

void pty_close(struct pty *pty)
{
	if (pty->screen)
		screen_close(pty->screen);
	grid_deinit(&pty->grid);
	buffer_deinit(&pty->seen);
	close(pty->terminal);
	close(pty->person);
	free(pty);
}
