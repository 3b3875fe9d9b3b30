#include "source/table_run.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"

/* A table does not wait longer than this for a GC. */
#define GC_PATIENCE (500 * CLOCK_MILLISECOND)

/* How often to look whether it was cancelled. */
#define TICK_MS 100

/* How often to look for news of a source that has no descriptor. */
#define LOOK_MS 10

bool table_run_init(struct table_run *run, const struct snapshot_source *source, int fd,
                    const struct table_options *options)
{
	*run = (struct table_run){.source = *source, .options = *options};
	return tables_init(&run->tables, fd, &options->batch);
}

void table_run_deinit(struct table_run *run)
{
	tables_deinit(&run->tables);
}

/* Waits for news until `deadline` at the latest. */
static void wait_until(const struct table_run *run, uint64_t deadline)
{
	struct pollfd polled = {.fd = run->source.fd(run->source.context), .events = POLLIN};
	int most = polled.fd < 0 ? LOOK_MS : TICK_MS, left = clock_poll_timeout(deadline, clock_now());

	poll(&polled, polled.fd >= 0, left < most ? left : most);
}

/* Takes what has come. Returns whether there are new numbers. */
static bool take_news(struct table_run *run)
{
	struct source_update news = {0};
	enum source_event event;
	bool taken = false;

	while (!run->how[0] && (event = run->source.next(run->source.context, &news)) != SOURCE_NOTHING) {
		if (event == SOURCE_ENDED)
			snprintf(run->how, sizeof(run->how), "%s", news.sentence[0] ? news.sentence : "ended");
		if (event == SOURCE_GC || event == SOURCE_GC_FAILED)
			run->collecting = false;
		if (event == SOURCE_ENDED && news.snapshot)
			news.snapshot->flags |= SNAPSHOT_ENDED;
		taken = tables_take(&run->tables, news.snapshot) || taken;
		news = (struct source_update){0};
	}
	run->unprinted = run->unprinted || taken;
	return taken;
}

static bool goes_on(const struct table_run *run)
{
	return !run->how[0] && !run->tables.cancelled && !run->tables.output.broken;
}

/* Waits for the numbers that were asked for, or for the end. Returns whether there are some. */
static bool await_numbers(struct table_run *run)
{
	bool taken = false;

	while (!(taken = take_news(run)) && goes_on(run))
		wait_until(run, UINT64_MAX);
	return taken;
}

/* Waits until `deadline`, or for the end, with which numbers come that were not asked for: the last ones. */
static void pass_time(struct table_run *run, uint64_t deadline)
{
	while (goes_on(run) && clock_now() < deadline) {
		wait_until(run, deadline);
		take_news(run);
	}
}

static void collect(struct table_run *run, uint64_t now)
{
	uint64_t deadline = now + GC_PATIENCE;

	run->source.gc(run->source.context);
	run->collecting = true;
	while (run->collecting && goes_on(run) && clock_now() < deadline) {
		wait_until(run, deadline);
		take_news(run);
	}
}

static bool ask(struct table_run *run, uint64_t *next_gc)
{
	uint64_t now = clock_now();

	if (run->options.gc_ns && now >= *next_gc) {
		collect(run, now);
		*next_gc = now + run->options.gc_ns;
	}
	run->source.ask(run->source.context);
	return await_numbers(run);
}

static void print(struct table_run *run)
{
	run->unprinted = false;
	run->printed++;
	tables_print(&run->tables);
}

void table_run(struct table_run *run)
{
	uint64_t next = clock_now(), next_gc = next + run->options.gc_ns;

	tables_resume(&run->tables);
	/* The first rates and growths are computed from here. */
	ask(run, &next_gc);
	while (goes_on(run) && run->printed < run->options.tables) {
		next += run->options.interval_ns;
		pass_time(run, next);
		if (goes_on(run) && ask(run, &next_gc) && goes_on(run))
			print(run);
		uint64_t now = clock_now();
		next = next < now ? now : next;
	}
	/* The numbers at the end. */
	if (run->how[0] && run->unprinted && !run->tables.cancelled)
		print(run);
	run->over = !run->tables.cancelled;
}
