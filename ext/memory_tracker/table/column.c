#include "table/column.h"

#include <stdio.h>
#include <string.h>

#include "table/class_line.h"
#include "table/column_order.h"
#include "base/format.h"
#include "table/path_cell.h"
#include "table/sparkline.h"

/* The longest name that is shown whole. */
#define NAME_CELLS 200

#define PLACE_SIZE 4096

const char *column_bound_sign(enum text_charset charset)
{
	return charset == TEXT_UTF8 ? "≤" : "<=";
}

const char *column_growth_sign(enum text_charset charset)
{
	return charset == TEXT_UTF8 ? "▲" : "!";
}

/* Behind a number: that it is an estimate, or the room for saying so. */
static void put_mark(struct buffer *out, const struct column_line *line, bool known)
{
	if (line->mark)
		buffer_add(out, known ? &line->mark : " ", 1);
}

/* Of a call path in a light snapshot only allocations are known. */
static bool put_unknown(struct buffer *out, const struct column_line *line)
{
	if (!line->allocated_only)
		return false;
	buffer_puts(out, "- ");
	return true;
}

void column_print_change(struct buffer *out, int64_t change, bool known, bool bound)
{
	char digits[FORMAT_SIZE];
	size_t length = format_change(digits, change);

	if (known && bound && change)
		buffer_puts(out, "~");
	buffer_add(out, known ? digits : "-", known ? length : 1);
}

static void print_change(struct buffer *out, const struct column_line *line)
{
	if (put_unknown(out, line))
		return;
	column_print_change(out, line->change.retained, line->change.retained_known, line->change.bound);
	put_mark(out, line, line->change.retained_known);
}

static enum cell_meaning meaning_of_count_change(bool known, int64_t change)
{
	return known && change < 0 ? CELL_SHRINKS : CELL_PLAIN;
}

static enum cell_meaning meaning_of_change(const struct column_line *line)
{
	return meaning_of_count_change(line->change.retained_known, line->change.retained);
}

static void print_retained(struct buffer *out, const struct column_line *line)
{
	char digits[FORMAT_SIZE];
	size_t length = format_count(digits, line->row->counts.retained);

	if (put_unknown(out, line))
		return;
	if (line->deltas) {
		print_change(out, line);
		return;
	}
	if (!line->unknown && line->bound && line->row->counts.retained)
		buffer_puts(out, column_bound_sign(line->charset));
	buffer_add(out, line->unknown ? "-" : digits, line->unknown ? 1 : length);
	put_mark(out, line, !line->unknown);
}

static enum cell_meaning meaning_of_retained(const struct column_line *line)
{
	return line->deltas ? meaning_of_change(line) : CELL_PLAIN;
}

void column_print_rate(struct buffer *out, double per_second, enum history_certainty certainty)
{
	char digits[FORMAT_SIZE];
	size_t length = format_growth(digits, per_second);

	if (certainty == HISTORY_UNKNOWN) {
		buffer_puts(out, "-");
		return;
	}
	if (certainty == HISTORY_UNCONFIRMED)
		buffer_puts(out, "~");
	buffer_add(out, digits, length);
}

static void print_rate(struct buffer *out, const struct column_line *line, double per_second,
                       enum history_certainty certainty)
{
	if (put_unknown(out, line))
		return;
	column_print_rate(out, per_second, certainty);
	put_mark(out, line, certainty != HISTORY_UNKNOWN);
}

static void print_growth(struct buffer *out, const struct column_line *line)
{
	print_rate(out, line, line->row->growth, line->row->certainty);
}

/* The number, and a place for the sign behind it, so that numbers stand in line. */
static void show_growth(struct buffer *out, const struct column_line *line, unsigned cells)
{
	print_growth(out, line);
	buffer_puts(out, " ");
	buffer_puts(out, line->row->sustained ? column_growth_sign(line->charset) : " ");
}

static enum cell_meaning meaning_of_rate(double per_second, enum history_certainty certainty)
{
	if (certainty == HISTORY_UNCONFIRMED)
		return per_second != 0 ? CELL_UNCONFIRMED : CELL_UNCHANGED;
	return certainty == HISTORY_CONFIRMED && per_second < 0 ? CELL_SHRINKS : CELL_PLAIN;
}

static enum cell_meaning meaning_of_growth(const struct column_line *line)
{
	if (line->row->sustained)
		return CELL_GROWS;
	return meaning_of_rate(line->row->growth, line->row->certainty);
}

static void print_short(struct buffer *out, const struct column_line *line)
{
	print_rate(out, line, line->row->short_change.per_second, line->row->short_change.certainty);
}

static enum cell_meaning meaning_of_short(const struct column_line *line)
{
	return meaning_of_rate(line->row->short_change.per_second, line->row->short_change.certainty);
}

static void print_long(struct buffer *out, const struct column_line *line)
{
	print_rate(out, line, line->row->long_change.per_second, line->row->long_change.certainty);
}

static enum cell_meaning meaning_of_long(const struct column_line *line)
{
	return meaning_of_rate(line->row->long_change.per_second, line->row->long_change.certainty);
}

static enum history_certainty certainty_since_mark(const struct column_line *line)
{
	return line->change.growth_known ? HISTORY_CONFIRMED : HISTORY_UNKNOWN;
}

static void print_since_mark(struct buffer *out, const struct column_line *line)
{
	print_rate(out, line, line->change.growth, certainty_since_mark(line));
}

static enum cell_meaning meaning_of_since_mark(const struct column_line *line)
{
	return meaning_of_rate(line->change.growth, certainty_since_mark(line));
}

static enum cell_meaning meaning_of_live(const struct column_line *line)
{
	return line->deltas ? meaning_of_count_change(line->change.live_known, line->change.live) : CELL_PLAIN;
}

static void print_live(struct buffer *out, const struct column_line *line)
{
	char digits[FORMAT_SIZE];

	if (put_unknown(out, line))
		return;
	if (line->deltas)
		column_print_change(out, line->change.live, line->change.live_known, false);
	else
		buffer_add(out, digits, format_count(digits, counts_live(line->row->counts)));
	put_mark(out, line, !line->deltas || line->change.live_known);
}

static void print_allocated_rate(struct buffer *out, const struct column_line *line)
{
	char digits[FORMAT_SIZE];

	if (line->row->allocated_rate < 0)
		buffer_puts(out, "-");
	else
		buffer_add(out, digits, format_rate(digits, line->row->allocated_rate));
	if (line->light)
		buffer_puts(out, line->row->allocated_rate >= 0 ? "*" : " ");
	else
		put_mark(out, line, line->row->allocated_rate >= 0);
}

static void show_trend(struct buffer *out, const struct column_line *line, unsigned cells)
{
	uint32_t counts[SERIES_LENGTH];

	if (!line->metrics || line->allocated_only)
		return;
	sparkline_print(out, counts, metrics_trend(line->metrics, line->row, HISTORY_TREND_LIVE, counts), cells,
	                line->charset);
}

static enum cell_meaning meaning_of_trend(const struct column_line *line)
{
	return line->row->sustained ? CELL_GROWING_TREND : CELL_PLAIN;
}

/* A call path: its share of the class, the method, the place. */
static void print_path(struct buffer *out, const struct column_line *line)
{
	char text[NAME_CELLS * 4 + 1], place[PLACE_SIZE], share[PATH_CELL_SHARE];
	size_t length = path_cell_place(place, sizeof place, &line->path);

	buffer_puts(out, "  ");
	path_cell_share(share, line->path.share);
	buffer_puts(out, share);
	buffer_puts(out, "  ");
	buffer_add(out, text, text_fit(text, sizeof text, line->name, line->name_length, NAME_CELLS, line->charset));
	if (!length)
		return;
	buffer_puts(out, "  ");
	buffer_add(out, text, text_fit_end(text, sizeof text, place, length, NAME_CELLS, line->charset));
}

static void print_name(struct buffer *out, const struct column_line *line)
{
	char text[NAME_CELLS * 4 + 1], place[PLACE_SIZE];

	if (line->path.depth) {
		print_path(out, line);
		return;
	}
	size_t length = class_line_place(place, sizeof place, line);
	buffer_add(out, text, class_line_name(text, sizeof text, line, NAME_CELLS));
	if (!length)
		return;
	buffer_puts(out, "  ");
	buffer_add(out, text, text_fit_end(text, sizeof text, place, length, NAME_CELLS, line->charset));
}

static enum cell_meaning meaning_of_name(const struct column_line *line)
{
	return line->path.depth ? CELL_PLAIN : CELL_CLASS;
}

static void title_since(const char *name, const struct column_context *context, char out[COLUMN_TITLE_SIZE])
{
	snprintf(out, COLUMN_TITLE_SIZE, "%s %s", context->charset == TEXT_UTF8 ? "Δ" : "+-", name);
}

static void title_retained(const struct column_context *context, char out[COLUMN_TITLE_SIZE])
{
	if (context->deltas)
		title_since("RETAINED", context, out);
	else
		snprintf(out, COLUMN_TITLE_SIZE, "RETAINED");
}

static void title_live(const struct column_context *context, char out[COLUMN_TITLE_SIZE])
{
	if (context->deltas)
		title_since("LIVE", context, out);
	else
		snprintf(out, COLUMN_TITLE_SIZE, "LIVE");
}

static void title_change(const struct column_context *context, char out[COLUMN_TITLE_SIZE])
{
	char elapsed[FORMAT_SIZE];

	format_duration(elapsed, context->elapsed_ns);
	title_since(elapsed, context, out);
}

/* The order of plain text. */
enum {
	COLUMN_RETAINED,
	COLUMN_GROWTH,
	COLUMN_LIVE,
	COLUMN_ALLOCATED,
	COLUMN_NAME,
};

const struct column column_table[] = {
    [COLUMN_RETAINED] = {.key = "retained",
                         .title = "RETAINED",
                         .help = "objects that the latest major GC left standing",
                         .width = 10,
                         .print = print_retained,
                         .cells = 10,
                         .meaning = meaning_of_retained,
                         .title_now = title_retained,
                         .compare = column_order_retained},
    [COLUMN_GROWTH] = {.key = "growth",
                       .title = "GROWTH/s",
                       .help = "how many more of them each second, compared from one major GC to the next",
                       .width = 9,
                       .print = print_growth,
                       .cells = 11,
                       .least = 50,
                       .show = show_growth,
                       .meaning = meaning_of_growth,
                       .compare = column_order_growth},
    [COLUMN_LIVE] = {.key = "live",
                     .title = "LIVE",
                     .help = "objects allocated and not freed yet, garbage that waits for a GC included",
                     .width = 9,
                     .print = print_live,
                     .cells = 9,
                     .least = 70,
                     .meaning = meaning_of_live,
                     .title_now = title_live,
                     .compare = column_order_live},
    [COLUMN_ALLOCATED] = {.key = "alloc",
                          .title = "ALLOC/s",
                          .help = "objects allocated each second",
                          .width = 9,
                          .print = print_allocated_rate,
                          .cells = 9,
                          .least = 90,
                          .compare = column_order_allocated_rate},
    [COLUMN_NAME] = {.key = "class",
                     .title = "CLASS",
                     .help = "the class that the objects were born with",
                     .print = print_name,
                     .meaning = meaning_of_name,
                     .compare = column_order_name},
};

const size_t column_count = sizeof column_table / sizeof *column_table;

/* Without a number to sort by. */
static const struct column trend = {.key = "trend",
                                    .title = "TREND",
                                    .help = "how many were live lately, the newest at the right",
                                    .cells = 8,
                                    .stretch = 32,
                                    .least = 100,
                                    .show = show_trend,
                                    .meaning = meaning_of_trend};

static const struct column change = {.key = "change",
                                     .title = "SINCE MARK",
                                     .help = "how many more are retained than at the mark that b has set",
                                     .cells = 10,
                                     .least = 70,
                                     .with_mark = true,
                                     .print = print_change,
                                     .meaning = meaning_of_change,
                                     .title_now = title_change,
                                     .compare = column_order_change};

static const struct column short_growth = {.key = "growth10",
                                           .title = "OVER 10 s",
                                           .help = "how retained changed over the last 10 seconds, per second",
                                           .cells = 10,
                                           .on_request = true,
                                           .print = print_short,
                                           .meaning = meaning_of_short,
                                           .compare = column_order_short};

static const struct column long_growth = {.key = "growth60",
                                          .title = "OVER 60 s",
                                          .help = "the same over the last minute, be it steady or not",
                                          .cells = 10,
                                          .on_request = true,
                                          .print = print_long,
                                          .meaning = meaning_of_long,
                                          .compare = column_order_long};

static const struct column growth_since_mark = {.key = "growth-mark",
                                                .title = "MARK/s",
                                                .help = "the same since the mark",
                                                .cells = 10,
                                                .on_request = true,
                                                .print = print_since_mark,
                                                .meaning = meaning_of_since_mark,
                                                .compare = column_order_change};

const struct column *const column_screen[] = {
    &column_table[COLUMN_RETAINED],
    &change,
    &column_table[COLUMN_GROWTH],
    &short_growth,
    &long_growth,
    &growth_since_mark,
    &column_table[COLUMN_LIVE],
    &column_table[COLUMN_ALLOCATED],
    &trend,
    &column_table[COLUMN_NAME],
};

const size_t column_screen_count = sizeof column_screen / sizeof *column_screen;

void column_title(const struct column *column, const struct column_context *context, char out[COLUMN_TITLE_SIZE])
{
	if (column->title_now)
		column->title_now(context, out);
	else
		snprintf(out, COLUMN_TITLE_SIZE, "%s", column->title);
}

bool column_applies(const struct column *column, const struct column_context *context)
{
	return !column->with_mark || (context->marked && !context->deltas);
}

const struct column *column_find(const char *key)
{
	for (size_t i = 0; i < column_count; i++) {
		if (!strcmp(column_table[i].key, key))
			return &column_table[i];
	}
	return NULL;
}
