#include "watched_processes.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "moved_clock.h"
#include "served_program.h"
#include "test_folder.h"

struct watched_processes watch;

int watch_start(void **state)
{
	(void)state;
	memset(&watch, 0, sizeof watch);
	watch.open = open_descriptors();
	test_folder_enter();
	assert_non_null(getcwd(watch.directory, sizeof watch.directory));
	watch.processes = processes_new(watch.directory);
	assert_non_null(watch.processes);
	watch.source = processes_source(watch.processes);
	return 0;
}

int watch_stop(void **state)
{
	(void)state;
	processes_free(watch.processes);
	test_folder_leave();
	assert_int_equal(open_descriptors(), watch.open);
	return 0;
}

void watch_told_nothing(void)
{
	watch.told = (struct told){0};
}

static void take(enum source_event event, const struct source_update *news)
{
	struct told *told = &watch.told;

	told->snapshots += news->snapshot != NULL;
	told->allocated = news->snapshot ? news->snapshot->counts.allocated : told->allocated;
	told->collected += event == SOURCE_GC;
	told->gc_ns = event == SOURCE_GC ? news->gc_ns : told->gc_ns;
	told->not_collected += event == SOURCE_GC_FAILED;
	told->said += event == SOURCE_SAID;
	if (event == SOURCE_SAID || event == SOURCE_GC_FAILED)
		snprintf(told->sentence, sizeof told->sentence, "%s", news->sentence);
	assert_int_not_equal(event, SOURCE_ENDED);
	if (event != SOURCE_PROCESSES)
		return;
	watch.count = news->count;
	memcpy(watch.list, news->processes, news->count * sizeof *news->processes);
}

void watch_look(void)
{
	struct source_update news = {0};
	enum source_event event;
	unsigned taken = 0;

	while ((event = watch.source.next(watch.source.context, &news)) != SOURCE_NOTHING) {
		take(event, &news);
		assert_true(++taken < 10000);
		free(news.snapshot);
		news = (struct source_update){0};
	}
}

void watch_look_later(uint64_t milliseconds)
{
	moved_clock_add(milliseconds + 1);
	watch_look();
}

const struct process_summary *watch_listed(const struct scripted_program *program)
{
	for (size_t i = 0; i < watch.count; i++) {
		if (watch.list[i].pid == (uint32_t)program->pid)
			return &watch.list[i];
	}
	return NULL;
}

bool watch_is_shown(const struct scripted_program *program)
{
	size_t shown = 0;

	for (size_t i = 0; i < watch.count; i++)
		shown += watch.list[i].shown;
	assert_true(shown <= 1);
	return watch_listed(program) && watch_listed(program)->shown;
}

void watch_ask(void)
{
	watch.source.ask(watch.source.context);
}

void watch_gc(void)
{
	watch.source.gc(watch.source.context);
}

void watch_walk(int steps)
{
	watch.source.walk(watch.source.context, steps);
	watch_look();
}

void watch_come(struct scripted_program *program, pid_t pid, uint64_t allocated)
{
	scripted_listen(program, watch.directory, pid);
	watch_look_later(SEARCH);
	scripted_greet(program);
	watch_look();
	assert_true(scripted_count(program, MESSAGE_SNAPSHOT) > 0);
	scripted_send_snapshot(program, allocated, 0);
	watch_look();
}

void watch_assert_said(const char *sentence)
{
	assert_int_equal(watch.told.said, 1);
	assert_string_equal(watch.told.sentence, sentence);
	watch_told_nothing();
}
