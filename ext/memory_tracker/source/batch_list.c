#include "source/batch_list.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "table/column.h"
#include "base/format.h"

/* The longest reason for inexact numbers that is shown whole. */
#define REASON_CELLS 200

/* Likewise for a title, and for what there is to say of a process. */
#define TITLE_CELLS 60
#define NOTE_CELLS 200

#define PID_WIDTH 10
#define RSS_WIDTH 9
#define COUNT_WIDTH 10

static void put_text(struct buffer *out, const char *text, size_t length, size_t cells, enum text_charset charset)
{
	char fitted[REASON_CELLS * 4 + 1];

	buffer_add(out, fitted, text_fit(fitted, sizeof fitted, text, length, cells, charset));
}

void batch_list_put_exactness(struct buffer *out, const struct snapshot_header *snapshot, enum text_charset charset)
{
	uint32_t length;
	const char *text = snapshot_string(snapshot, snapshot->reason, &length);

	if (snapshot->flags & SNAPSHOT_EXACT) {
		buffer_puts(out, "  exact");
		return;
	}
	buffer_puts(out, snapshot->flags & SNAPSHOT_LIGHT ? "  light" : "  inexact");
	buffer_puts(out, length ? ": " : "");
	put_text(out, text, length, REASON_CELLS, charset);
}

static void put_right(struct buffer *out, const char *text, size_t width)
{
	size_t cells = text_width(text, strlen(text), TEXT_UTF8);

	buffer_spaces(out, width > cells ? width - cells : 0);
	buffer_puts(out, text);
}

static void put_count(struct buffer *out, const char *sign, uint64_t count)
{
	char digits[FORMAT_SIZE], text[FORMAT_SIZE + 8];

	format_exact(digits, count);
	snprintf(text, sizeof text, " %s%s", sign, digits);
	put_right(out, text, COUNT_WIDTH + 1);
}

static void put_numbers(struct buffer *out, const struct snapshot_header *snapshot, enum text_charset charset)
{
	bool bound = snapshot->flags & SNAPSHOT_RETAINED_BOUND && snapshot->counts.retained;
	char text[FORMAT_SIZE];

	if (snapshot->rss_bytes)
		format_bytes(text, snapshot->rss_bytes);
	put_right(out, snapshot->rss_bytes ? text : "-", RSS_WIDTH);
	put_count(out, "", counts_live(snapshot->counts));
	if (snapshot->majors_seen)
		put_count(out, bound ? column_bound_sign(charset) : "", snapshot->counts.retained);
	else
		put_right(out, "-", COUNT_WIDTH + 1);
}

static void put_process(struct buffer *out, const struct batch_process *process, enum text_charset charset)
{
	char pid[FORMAT_SIZE];

	snprintf(pid, sizeof pid, "%" PRIu32, process->pid);
	put_right(out, pid, PID_WIDTH);
	if (process->snapshot) {
		put_numbers(out, process->snapshot, charset);
	} else {
		put_right(out, "-", RSS_WIDTH);
		put_right(out, "-", COUNT_WIDTH + 1);
		put_right(out, "-", COUNT_WIDTH + 1);
	}
	buffer_puts(out, "  ");
	put_text(out, process->title, strlen(process->title), TITLE_CELLS, charset);
	if (process->snapshot)
		batch_list_put_exactness(out, process->snapshot, charset);
	buffer_puts(out, process->note[0] ? "  " : "");
	put_text(out, process->note, strlen(process->note), NOTE_CELLS, charset);
	buffer_puts(out, "\n");
}

static void put_more(struct buffer *out, uint64_t count, const char *one, const char *several)
{
	char line[128];

	if (!count)
		return;
	snprintf(line, sizeof line, "and %" PRIu64 " more %s\n", count, count == 1 ? one : several);
	buffer_puts(out, line);
}

void batch_list_put(struct buffer *out, const struct batch_list *list, enum text_charset charset)
{
	put_right(out, "PID", PID_WIDTH);
	put_right(out, "RSS", RSS_WIDTH);
	put_right(out, "LIVE", COUNT_WIDTH + 1);
	put_right(out, "RETAINED", COUNT_WIDTH + 1);
	buffer_puts(out, "  PROCESS\n");
	for (size_t i = 0; i < list->count; i++)
		put_process(out, &list->processes[i], charset);
	put_more(out, list->ended, "has ended", "have ended");
	put_more(out, list->beyond, "is not looked into", "are not looked into");
}
