#include "binding/tables.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

/* So much goes into a pipe at once, without another writer's bytes in between. */
#define PIECE_MAX 4096

/* How often a writer that nobody reads from looks whether it should give up. */
#define CANCEL_POLL_MS 100

bool tables_init(struct tables *tables, int fd, const struct batch_options *batch)
{
	*tables = (struct tables){.fd = fd, .batch = *batch, .history = history_new(0)};
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
	buffer_deinit(&tables->text);
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
static bool writable(const struct tables *tables, int fd)
{
	struct pollfd pollfd = {.fd = fd, .events = POLLOUT};

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

/* The length of the next piece: as many whole lines as go into one, or a part of a line that is longer. */
static size_t piece_of(const char *text, size_t length)
{
	if (length <= PIECE_MAX)
		return length;
	for (size_t piece = PIECE_MAX; piece > 0; piece--) {
		if (text[piece - 1] == '\n')
			return piece;
	}
	return PIECE_MAX;
}

/* Writes what is not written yet. Returns 0, or why that is not possible, now or ever. */
static int write_rest(struct tables *tables)
{
	while (tables->written < tables->text.length) {
		const char *text = tables->text.text + tables->written;

		if (!writable(tables, tables->fd))
			return ECANCELED;
		ssize_t written = write(tables->fd, text, piece_of(text, tables->text.length - tables->written));
		if (written < 0 && errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK)
			return errno;
		if (written > 0)
			tables->written += (size_t)written;
	}
	return 0;
}

void tables_resume(struct tables *tables)
{
	int error = write_rest(tables);

	tables->broken = error != 0 && error != ECANCELED;
	/* Readers go when they have read enough. */
	tables->error = error == EPIPE || error == ECANCELED ? 0 : error;
}

void tables_print(struct tables *tables)
{
	const struct figures figures = figures_of(tables->history);
	const struct snapshot_header *snapshot = figures.snapshot;
	struct batch_options batch = tables->batch;

	if (!batch.command && snapshot && snapshot->command)
		batch.command = snapshot_string(snapshot, snapshot->command, NULL);
	buffer_clear(&tables->text);
	tables->written = 0;
	if (batch_print(&tables->text, &figures, &batch))
		tables_resume(tables);
	else
		buffer_clear(&tables->text);
}
