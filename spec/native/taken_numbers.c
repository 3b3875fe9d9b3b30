#include "taken_numbers.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __linux__

int close_unseen(int fd)
{
	return (int)syscall(SYS_close, fd);
}

static int dup2_unseen(int fd, int number)
{
	return (int)syscall(SYS_dup3, fd, number, 0);
}

#else

int close_unseen(int fd)
{
	return close(fd);
}

static int dup2_unseen(int fd, int number)
{
	return dup2(fd, number);
}

#endif

bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

void taken_numbers_note(struct taken_numbers *numbers)
{
	*numbers = (struct taken_numbers){0};
	for (int fd = 0; fd < NUMBERS_MAX; fd++)
		numbers->own[fd] = is_open(fd);
}

void taken_numbers_own(struct taken_numbers *numbers, int fd)
{
	assert_in_range(fd, 0, NUMBERS_MAX - 1);
	numbers->own[fd] = true;
}

void taken_numbers_take(struct taken_numbers *numbers, int fd, unsigned least)
{
	assert_true(fd >= 0);
	/* From the last that was opened: the first are what a server is woken by, and it closes the others then. */
	for (int number = NUMBERS_MAX - 1; number >= 0; number--) {
		if (numbers->own[number] || number == fd || !is_open(number))
			continue;
		assert_int_equal(dup2_unseen(fd, number), number);
		numbers->taken[numbers->count++] = number;
	}
	close(fd);
	assert_in_range(numbers->count, least, NUMBERS_MAX);
}

void taken_numbers_release(struct taken_numbers *numbers)
{
	for (unsigned i = 0; i < numbers->count; i++) {
		assert_true(is_open(numbers->taken[i]));
		close_unseen(numbers->taken[i]);
	}
	numbers->count = 0;
}
