#include "watched_class.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "fake_snapshot.h"

void watched_begin(struct watched_class *watched)
{
	*watched = (struct watched_class){
	    .history = history_new(0),
	    .head = {.monotonic_ns = 1000 * SECOND, .started_ns = 1000 * SECOND, .pid = 1, .sequence = 0},
	    .class = {.id = 7, .name = "Shop::Session"},
	};
}

void watched_look(struct watched_class *watched)
{
	watched->head.sequence++;
	assert_true(history_update(watched->history, fake_snapshot(&watched->head, NULL, &watched->class, 1)));
}

void watched_minor_gc(struct watched_class *watched, uint64_t survivors)
{
	watched->class.freed = watched->class.allocated - survivors;
	watched->head.gcs_seen++;
}

void watched_major_gc(struct watched_class *watched, uint64_t survivors)
{
	watched_minor_gc(watched, survivors);
	watched->class.retained = survivors;
	watched->head.majors_seen++;
	watched->head.major_at_ns = watched->head.monotonic_ns;
}

void watched_second(struct watched_class *watched)
{
	watched->head.monotonic_ns += SECOND;
}

const struct history_row *watched_row(struct watched_class *watched)
{
	const struct history_row *row = history_find(watched->history, 7);
	assert_non_null(row);
	return row;
}

void assert_near(double value, double expected)
{
	if (fabs(value - expected) > 0.001)
		fail_msg("%f is not %f", value, expected);
}
