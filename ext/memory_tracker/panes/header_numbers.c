#include "panes/header_numbers.h"

#include <inttypes.h>
#include <stdio.h>

#include "table/column.h"
#include "base/format.h"
#include "screen/grid.h"
#include "table/sparkline.h"

#define SPARK_CELLS 8

/* What stands for a number that is not known. */
static const char *dash(const struct header_metadata *metadata)
{
	return metadata->charset == TEXT_UTF8 ? "–" : "-";
}

void header_put_live(struct buffer *out, const struct header_metadata *metadata)
{
	char text[FORMAT_SIZE];

	buffer_add(out, text, format_count(text, counts_live(metadata->metrics->totals->counts)));
}

void header_put_trend(struct buffer *out, const struct header_metadata *metadata)
{
	uint32_t counts[SERIES_LENGTH];
	unsigned count = metrics_trend(metadata->metrics, metadata->metrics->totals, HISTORY_TREND_LIVE, counts);

	sparkline_print(out, counts, count, SPARK_CELLS, metadata->charset);
}

void header_put_retained(struct buffer *out, const struct header_metadata *metadata)
{
	uint64_t retained = metadata->metrics->totals->counts.retained;
	char text[FORMAT_SIZE];

	if (!metadata->metrics->snapshot->majors_seen) {
		buffer_puts(out, dash(metadata));
		return;
	}
	if (retained && (metadata->metrics->snapshot->flags & SNAPSHOT_RETAINED_BOUND))
		buffer_puts(out, column_bound_sign(metadata->charset));
	buffer_add(out, text, format_count(text, retained));
}

void header_put_heap(struct buffer *out, const struct header_metadata *metadata)
{
	const struct snapshot_header *snapshot = metadata->metrics->snapshot;
	char text[FORMAT_SIZE];

	buffer_add(out, text, format_count(text, snapshot->heap_live_slots));
	buffer_puts(out, " of ");
	buffer_add(out, text, format_count(text, snapshot->heap_total_slots));
}

static void put_percent(struct buffer *out, double share)
{
	uint64_t tenths = (uint64_t)(share * 1000 + 0.5);
	char text[FORMAT_SIZE];

	if (tenths % 10)
		snprintf(text, sizeof text, "%" PRIu64 ".%" PRIu64 " %%", tenths / 10, tenths % 10);
	else
		snprintf(text, sizeof text, "%" PRIu64 " %%", tenths / 10);
	buffer_puts(out, text);
}

void header_put_heap_share(struct buffer *out, const struct header_metadata *metadata)
{
	const struct snapshot_header *snapshot = metadata->metrics->snapshot;
	double total = (double)snapshot->heap_total_slots, live = (double)snapshot->heap_live_slots;

	/* Whole percents: this is the short form. */
	put_percent(out, total > 0 && live <= total ? (double)(unsigned)(live / total * 100 + 0.5) / 100 : 0);
}

void header_put_rss(struct buffer *out, const struct header_metadata *metadata)
{
	char text[FORMAT_SIZE];
	uint64_t bytes = metadata->metrics->snapshot->rss_bytes;

	if (bytes)
		buffer_add(out, text, format_bytes(text, bytes));
	else
		buffer_puts(out, dash(metadata));
}

void header_put_tracker(struct buffer *out, const struct header_metadata *metadata)
{
	char text[FORMAT_SIZE];

	buffer_add(out, text, format_bytes(text, metadata->metrics->snapshot->tracker_bytes));
}

static void put_rate(struct buffer *out, const struct header_metadata *metadata, double rate)
{
	char text[FORMAT_SIZE];

	if (rate < 0) {
		buffer_puts(out, dash(metadata));
		return;
	}
	buffer_add(out, text, format_rate(text, rate));
	buffer_puts(out, "/s");
}

void header_put_allocated(struct buffer *out, const struct header_metadata *metadata)
{
	put_rate(out, metadata, metadata->metrics->totals->allocated_rate);
}

void header_put_freed(struct buffer *out, const struct header_metadata *metadata)
{
	put_rate(out, metadata, metadata->metrics->totals->freed_rate);
}

/* Minor and major ones; what of the time they took has room in the third line. */
void header_put_gc_short(struct buffer *out, const struct header_metadata *metadata)
{
	const struct snapshot_header *snapshot = metadata->metrics->snapshot;
	char text[2 * FORMAT_SIZE];

	snprintf(text, sizeof text, "%" PRIu64 "+%" PRIu64, snapshot->gc_minor, snapshot->gc_major);
	buffer_puts(out, text);
	if (metadata->lines >= 3 && metadata->gc_share >= 0) {
		buffer_puts(out, ", ");
		put_percent(out, metadata->gc_share);
	}
}

void header_put_gc(struct buffer *out, const struct header_metadata *metadata)
{
	const struct snapshot_header *snapshot = metadata->metrics->snapshot;
	char text[FORMAT_SIZE];

	buffer_add(out, text, format_exact(text, snapshot->gc_minor));
	buffer_puts(out, " minor, ");
	buffer_add(out, text, format_exact(text, snapshot->gc_major));
	buffer_puts(out, " major");
	if (metadata->gc_share >= 0) {
		buffer_puts(out, ", ");
		put_percent(out, metadata->gc_share);
		buffer_puts(out, " of the time");
	}
}

void header_put_last_major(struct buffer *out, const struct header_metadata *metadata)
{
	const struct snapshot_header *snapshot = metadata->metrics->snapshot;
	char text[FORMAT_SIZE];

	if (!snapshot->major_at_ns || snapshot->major_at_ns > snapshot->monotonic_ns)
		return;
	buffer_add(out, text, format_duration(text, snapshot->monotonic_ns - snapshot->major_at_ns));
	buffer_puts(out, " ago");
}

void header_put_growth(struct buffer *out, const struct header_metadata *metadata)
{
	const struct history_row *totals = metadata->metrics->totals;
	char text[FORMAT_SIZE];

	if (totals->certainty == HISTORY_UNKNOWN) {
		buffer_puts(out, dash(metadata));
		return;
	}
	if (totals->certainty == HISTORY_UNCONFIRMED)
		buffer_puts(out, "~");
	buffer_add(out, text, format_growth(text, totals->growth));
	buffer_puts(out, "/s");
	if (totals->sustained) {
		buffer_puts(out, " ");
		buffer_puts(out, column_growth_sign(metadata->charset));
	}
}

uint16_t header_style_growth(const struct header_metadata *metadata)
{
	const struct history_row *totals = metadata->metrics->totals;

	if (totals->sustained)
		return GRID_GROWS | GRID_BOLD;
	if (totals->certainty == HISTORY_UNCONFIRMED && totals->growth != 0)
		return GRID_UNCONFIRMED;
	return totals->certainty == HISTORY_CONFIRMED && totals->growth < 0 ? GRID_SHRINKS : GRID_PLAIN;
}
