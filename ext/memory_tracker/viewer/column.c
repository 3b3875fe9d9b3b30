#include "viewer/column.h"

#include <math.h>
#include <string.h>

#include "viewer/class_line.h"
#include "viewer/format.h"
#include "viewer/grid.h"
#include "viewer/path_cell.h"
#include "viewer/sparkline.h"

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

/* A number, and what is to be known of it. */
static void put_number(struct buffer *out, const struct column_line *line, const char *digits, size_t length)
{
	buffer_add(out, digits, length);
	if (line->mark)
		buffer_add(out, &line->mark, 1);
}

static void put_unknown(struct buffer *out, const struct column_line *line)
{
	buffer_puts(out, line->mark ? "- " : "-");
}

static void print_retained(struct buffer *out, const struct column_line *line)
{
	char digits[FORMAT_SIZE];
	size_t length = format_count(digits, line->row->retained);

	if (line->unknown) {
		put_unknown(out, line);
		return;
	}
	if (line->bound && line->row->retained)
		buffer_puts(out, column_bound_sign(line->charset));
	put_number(out, line, digits, length);
}

static void print_growth(struct buffer *out, const struct column_line *line)
{
	char digits[FORMAT_SIZE];
	size_t length = format_growth(digits, line->row->growth);

	if (line->row->certainty == HISTORY_UNKNOWN) {
		put_unknown(out, line);
		return;
	}
	if (line->row->certainty == HISTORY_UNCONFIRMED)
		buffer_puts(out, "~");
	put_number(out, line, digits, length);
}

/* The number, and a place for the sign behind it, so that numbers stand in line. */
static void show_growth(struct buffer *out, const struct column_line *line, unsigned cells)
{
	print_growth(out, line);
	buffer_puts(out, " ");
	buffer_puts(out, line->row->sustained ? column_growth_sign(line->charset) : " ");
}

static uint16_t style_growth(const struct column_line *line)
{
	const struct history_row *row = line->row;

	if (row->sustained)
		return GRID_GROWS | GRID_BOLD;
	if (row->certainty == HISTORY_UNCONFIRMED)
		return row->growth != 0 ? GRID_UNCONFIRMED | GRID_DIM : GRID_DIM;
	return row->certainty == HISTORY_CONFIRMED && row->growth < 0 ? GRID_SHRINKS : GRID_PLAIN;
}

static void print_live(struct buffer *out, const struct column_line *line)
{
	char digits[FORMAT_SIZE];

	put_number(out, line, digits, format_count(digits, line->row->live));
}

static void print_allocated_rate(struct buffer *out, const struct column_line *line)
{
	char digits[FORMAT_SIZE];

	if (line->row->allocated_rate < 0)
		put_unknown(out, line);
	else
		put_number(out, line, digits, format_rate(digits, line->row->allocated_rate));
}

static void show_trend(struct buffer *out, const struct column_line *line, unsigned cells)
{
	uint32_t counts[SERIES_LENGTH];

	if (!line->figures)
		return;
	sparkline_print(out, counts, figures_trend(line->figures, line->row, counts), cells, line->charset);
}

static uint16_t style_trend(const struct column_line *line)
{
	return line->row->sustained ? GRID_GROWS : GRID_PLAIN;
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

static uint16_t style_name(const struct column_line *line)
{
	return line->path.depth ? GRID_PLAIN : GRID_BOLD;
}

static int largest_first(double left, double right)
{
	return (left < right) - (left > right);
}

static int by_id(const struct history_row *left, const struct history_row *right)
{
	return (left->id > right->id) - (left->id < right->id);
}

static int largest_count_first(uint64_t left, uint64_t right)
{
	return (left < right) - (left > right);
}

/* What is equal in a column goes by what is retained, then by what is there; the id makes the rest stable. */
static int by_counts(const struct history_row *left, const struct history_row *right)
{
	int order = largest_count_first(left->retained, right->retained);

	if (!order)
		order = largest_count_first(left->live, right->live);
	return order ? order : by_id(left, right);
}

static const struct history_row *row_of(const void *line)
{
	return ((const struct column_line *)line)->row;
}

static int compare_retained(const void *left, const void *right)
{
	return by_counts(row_of(left), row_of(right));
}

static int compare_growth(const void *left, const void *right)
{
	/* As they are shown: what differs only in decimals that nobody sees is equal. */
	int order = largest_first(round(row_of(left)->growth * 10), round(row_of(right)->growth * 10));

	return order ? order : by_counts(row_of(left), row_of(right));
}

static int compare_live(const void *left, const void *right)
{
	const struct history_row *l = row_of(left), *r = row_of(right);
	int order = largest_count_first(l->live, r->live);

	return order ? order : by_counts(l, r);
}

static int compare_allocated_rate(const void *left, const void *right)
{
	int order = largest_first(row_of(left)->allocated_rate, row_of(right)->allocated_rate);

	return order ? order : by_counts(row_of(left), row_of(right));
}

static int compare_bytes(const char *left, size_t left_length, const char *right, size_t right_length)
{
	int order = memcmp(left, right, left_length < right_length ? left_length : right_length);

	return order ? order : (left_length > right_length) - (left_length < right_length);
}

/* As it is shown: of the address of a class without a name the last digits come first. */
static int compare_name(const void *left, const void *right)
{
	const struct column_line *l = left, *r = right;
	const char *l_digits = class_line_digits(l), *r_digits = class_line_digits(r);
	size_t start = strlen(CLASS_LINE_START);
	int order =
	    compare_bytes(l->name, l_digits ? start : l->name_length, r->name, r_digits ? start : r->name_length);

	if (!order && l_digits && r_digits)
		order = memcmp(l_digits, r_digits, CLASS_LINE_DIGITS);
	if (!order)
		order = compare_bytes(l->name, l->name_length, r->name, r->name_length);
	return order ? order : by_id(l->row, r->row);
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
                         .compare = compare_retained},
    [COLUMN_GROWTH] = {.key = "growth",
                       .title = "GROWTH/s",
                       .help = "how many more of them each second, compared from one major GC to the next",
                       .width = 9,
                       .print = print_growth,
                       .cells = 11,
                       .least = 50,
                       .show = show_growth,
                       .style = style_growth,
                       .compare = compare_growth},
    [COLUMN_LIVE] = {.key = "live",
                     .title = "LIVE",
                     .help = "objects allocated and not freed yet, garbage that waits for a GC included",
                     .width = 9,
                     .print = print_live,
                     .cells = 9,
                     .least = 70,
                     .compare = compare_live},
    [COLUMN_ALLOCATED] = {.key = "alloc",
                          .title = "ALLOC/s",
                          .help = "objects allocated each second",
                          .width = 9,
                          .print = print_allocated_rate,
                          .cells = 9,
                          .least = 90,
                          .compare = compare_allocated_rate},
    [COLUMN_NAME] = {.key = "class",
                     .title = "CLASS",
                     .help = "the class that the objects were born with",
                     .print = print_name,
                     .style = style_name,
                     .compare = compare_name},
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
                                    .style = style_trend};

const struct column *const column_screen[] = {
    &column_table[COLUMN_RETAINED],
    &column_table[COLUMN_GROWTH],
    &column_table[COLUMN_LIVE],
    &column_table[COLUMN_ALLOCATED],
    &trend,
    &column_table[COLUMN_NAME],
};

const size_t column_screen_count = sizeof column_screen / sizeof *column_screen;

const struct column *column_find(const char *key)
{
	for (size_t i = 0; i < column_count; i++) {
		if (!strcmp(column_table[i].key, key))
			return &column_table[i];
	}
	return NULL;
}
