#include "table_reader.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "served_program.h"

#define TITLES "  RETAINED  GROWTH/s"

void table_reader_open(struct table_reader *reader)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	*reader = (struct table_reader){
	    .read_end = ends[0], .write_end = ends[1], .text = calloc(1, 1 << 20), .capacity = 1 << 20};
	assert_non_null(reader->text);
}

void table_reader_leave(struct table_reader *reader)
{
	if (reader->read_end >= 0)
		close(reader->read_end);
	reader->read_end = -1;
}

void table_reader_close(struct table_reader *reader)
{
	table_reader_leave(reader);
	close(reader->write_end);
	free(reader->text);
}

void table_reader_fill(struct table_reader *reader)
{
	fcntl(reader->write_end, F_SETFL, O_NONBLOCK);
	while (write(reader->write_end, "\n", 1) == 1)
		;
	assert_int_equal(errno, EAGAIN);
	fcntl(reader->write_end, F_SETFL, 0);
}

void table_reader_wait(struct table_reader *reader)
{
	struct pollfd polled = {.fd = reader->read_end, .events = POLLIN};

	assert_int_equal(poll(&polled, 1, PATIENCE), 1);
}

const char *table_reader_text(struct table_reader *reader)
{
	ssize_t length;

	while ((length = read(reader->read_end, reader->text + reader->length, reader->capacity - 1 - reader->length)) >
	       0)
		reader->length += (size_t)length;
	assert_true(reader->length < reader->capacity - 1);
	reader->text[reader->length] = 0;
	return reader->text;
}

size_t table_reader_count(struct table_reader *reader)
{
	size_t count = 0;

	for (const char *at = table_reader_text(reader); (at = strstr(at, TITLES)); at++)
		count++;
	return count;
}

const char *table_reader_last(const struct table_reader *reader)
{
	const char *last = reader->text;

	for (const char *at = reader->text; (at = strstr(at, "  pid ")); at++)
		last = at + 2;
	return last;
}
