#include "panes/header_numbers.h"

#include <inttypes.h>
#include <stdio.h>

#include "table/column.h"
#include "base/format.h"
#include "screen/grid.h"
#include "table/sparkline.h"

#define SPARK_CELLS 8

/* What is not known. */
const char *header_dash(const struct header_metadata *facts)
{
	return facts->charset == TEXT_UTF8 ? "–" : "-";
}

void header_put_live(struct buffer *out, const struct header_metadata *facts)
{
	char text[FORMAT_SIZE];

	buffer_add(out, text, format_count(text, counts_live(facts->metrics->totals->counts)));
}

void header_put_trend(struct buffer *out, const struct header_metadata *facts)
{
	uint32_t counts[SERIES_LENGTH];
	unsigned count = metrics_trend(facts->metrics, facts->metrics->totals, HISTORY_TREND_LIVE, counts);

	sparkline_print(out, counts, count, SPARK_CELLS, facts->charset);
}

void header_put_retained(struct buffer *out, const struct header_metadata *facts)
{
	uint64_t retained = facts->metrics->totals->counts.retained;
	char text[FORMAT_SIZE];

	if (!facts->metrics->snapshot->majors_seen) {
		buffer_puts(out, header_dash(facts));
		return;
	}
	if (retained && (facts->metrics->snapshot->flags & SNAPSHOT_RETAINED_BOUND))
		buffer_puts(out, column_bound_sign(facts->charset));
	buffer_add(out, text, format_count(text, retained));
}

void header_put_heap(struct buffer *out, const struct header_metadata *facts)
{
	const struct snapshot_header *snapshot = facts->metrics->snapshot;
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

void header_put_heap_share(struct buffer *out, const struct header_metadata *facts)
{
	const struct snapshot_header *snapshot = facts->metrics->snapshot;
	double total = (double)snapshot->heap_total_slots, live = (double)snapshot->heap_live_slots;

	/* Whole percents: this is the short form. */
	put_percent(out, total > 0 && live <= total ? (double)(unsigned)(live / total * 100 + 0.5) / 100 : 0);
}

void header_put_rss(struct buffer *out, const struct header_metadata *facts)
{
	char text[FORMAT_SIZE];
	uint64_t bytes = facts->metrics->snapshot->rss_bytes;

	if (bytes)
		buffer_add(out, text, format_bytes(text, bytes));
	else
		buffer_puts(out, header_dash(facts));
}

void header_put_tracker(struct buffer *out, const struct header_metadata *facts)
{
	char text[FORMAT_SIZE];

	buffer_add(out, text, format_bytes(text, facts->metrics->snapshot->tracker_bytes));
}

static void put_rate(struct buffer *out, const struct header_metadata *facts, double rate)
{
	char text[FORMAT_SIZE];

	if (rate < 0) {
		buffer_puts(out, header_dash(facts));
		return;
	}
	buffer_add(out, text, format_rate(text, rate));
	buffer_puts(out, "/s");
}

void header_put_allocated(struct buffer *out, const struct header_metadata *facts)
{
	put_rate(out, facts, facts->metrics->totals->allocated_rate);
}

void header_put_freed(struct buffer *out, const struct header_metadata *facts)
{
	put_rate(out, facts, facts->metrics->totals->freed_rate);
}

/* Minor and major ones; what of the time they took has room in the third line. */
void header_put_gc_short(struct buffer *out, const struct header_metadata *facts)
{
	const struct snapshot_header *snapshot = facts->metrics->snapshot;
	char text[2 * FORMAT_SIZE];

	snprintf(text, sizeof text, "%" PRIu64 "+%" PRIu64, snapshot->gc_minor, snapshot->gc_major);
	buffer_puts(out, text);
	if (facts->lines >= 3 && facts->gc_share >= 0) {
		buffer_puts(out, ", ");
		put_percent(out, facts->gc_share);
	}
}

void header_put_gc(struct buffer *out, const struct header_metadata *facts)
{
	const struct snapshot_header *snapshot = facts->metrics->snapshot;
	char text[FORMAT_SIZE];

	buffer_add(out, text, format_exact(text, snapshot->gc_minor));
	buffer_puts(out, " minor, ");
	buffer_add(out, text, format_exact(text, snapshot->gc_major));
	buffer_puts(out, " major");
	if (facts->gc_share >= 0) {
		buffer_puts(out, ", ");
		put_percent(out, facts->gc_share);
		buffer_puts(out, " of the time");
	}
}

void header_put_last_major(struct buffer *out, const struct header_metadata *facts)
{
	const struct snapshot_header *snapshot = facts->metrics->snapshot;
	char text[FORMAT_SIZE];

	if (!snapshot->major_at_ns || snapshot->major_at_ns > snapshot->monotonic_ns)
		return;
	buffer_add(out, text, format_duration(text, snapshot->monotonic_ns - snapshot->major_at_ns));
	buffer_puts(out, " ago");
}

void header_put_growth(struct buffer *out, const struct header_metadata *facts)
{
	const struct history_row *totals = facts->metrics->totals;
	char text[FORMAT_SIZE];

	if (totals->certainty == HISTORY_UNKNOWN) {
		buffer_puts(out, header_dash(facts));
		return;
	}
	if (totals->certainty == HISTORY_UNCONFIRMED)
		buffer_puts(out, "~");
	buffer_add(out, text, format_growth(text, totals->growth));
	buffer_puts(out, "/s");
	if (totals->sustained) {
		buffer_puts(out, " ");
		buffer_puts(out, column_growth_sign(facts->charset));
	}
}

uint16_t header_style_growth(const struct header_metadata *facts)
{
	const struct history_row *totals = facts->metrics->totals;

	if (totals->sustained)
		return GRID_GROWS | GRID_BOLD;
	if (totals->certainty == HISTORY_UNCONFIRMED && totals->growth != 0)
		return GRID_UNCONFIRMED;
	return totals->certainty == HISTORY_CONFIRMED && totals->growth < 0 ? GRID_SHRINKS : GRID_PLAIN;
}
