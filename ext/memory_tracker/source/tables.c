#include "source/tables.h"

#include <errno.h>
#include <poll.h>

/* How often a writer whose reader takes nothing looks whether it should give up. */
#define CANCEL_POLL_MS 100

bool tables_init(struct tables *tables, int fd, const struct batch_options *batch)
{
	*tables = (struct tables){.output = {.fd = fd}, .batch = *batch, .history = history_new(0)};
	bool watches = path_watch_init(&tables->paths);
	tables->batch.paths = &tables->paths;
	if (tables->history && watches)
		return true;
	tables_deinit(tables);
	return false;
}

void tables_deinit(struct tables *tables)
{
	path_watch_deinit(&tables->paths);
	history_free(tables->history);
	table_output_deinit(&tables->output);
}

bool tables_take(struct tables *tables, struct snapshot_header *snapshot)
{
	static const struct key_set none;

	if (!snapshot)
		return false;
	/* Without memory for call paths there are none in the table, which is better than no table. */
	path_watch_feed(&tables->paths, snapshot, &none, NULL);
	return history_update(tables->history, snapshot);
}

void tables_cancel(struct tables *tables)
{
	atomic_store(&tables->cancelled, true);
}

/* Waits until a write will not block. Returns false when it is no use to wait any longer. */
static bool writable(const struct tables *tables)
{
	struct pollfd pollfd = {.fd = tables->output.fd, .events = POLLOUT};

	while (!tables->cancelled) {
		int ready = poll(&pollfd, 1, CANCEL_POLL_MS);
		/* An error shows when writing; some systems cannot poll terminals and say so here. */
		if (ready > 0)
			return true;
		if (ready < 0 && errno != EINTR && errno != EAGAIN)
			return false;
	}
	return false;
}

void tables_resume(struct tables *tables)
{
	struct table_output *output = &tables->output;

	while (table_output_pending(output) && !output->broken && writable(tables))
		tables->error = table_output_write(output);
}

void tables_print(struct tables *tables)
{
	const struct metrics metrics = metrics_of(tables->history);
	const struct snapshot_header *snapshot = metrics.snapshot;
	struct batch_options batch = tables->batch;

	if (!batch.command && snapshot && snapshot->command)
		batch.command = snapshot_string(snapshot, snapshot->command, NULL);
	if (batch_print(&tables->output.text, &metrics, &batch))
		tables_resume(tables);
}
