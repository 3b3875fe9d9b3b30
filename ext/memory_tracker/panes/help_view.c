#include "panes/help_view.h"

#include <stdio.h>
#include <string.h>

#include "table/column.h"
#include "panes/table_view.h"

/* Where the explanations begin; on screens narrower than WIDE, further to the left. */
#define INDENT 24
#define INDENT_NARROW 13
#define WIDE 60

/* The page while it is written: all its lines are counted, those that are seen are drawn. */
struct page {
	struct help_view *view;
	struct grid *grid;
	enum text_charset charset;
	unsigned indent;
	size_t line;
};

static bool is_seen(const struct page *page)
{
	return page->line >= page->view->top && page->line - page->view->top < page->view->height;
}

static void put(const struct page *page, unsigned column, uint16_t style, const char *text, size_t length)
{
	if (is_seen(page))
		grid_put(page->grid, (unsigned)(page->line - page->view->top), column, style, text, length);
}

static void put_heading(struct page *page, const char *text)
{
	put(page, 1, GRID_BOLD | GRID_UNDERLINE, text, strlen(text));
	page->line++;
}

/* The bytes of a text that go on this line: up to the last blank that has room, else all that has room. */
static size_t part_of(const char *text, size_t room)
{
	size_t length = strlen(text), cut = room;

	if (length <= room)
		return length;
	while (cut && text[cut] != ' ')
		cut--;
	return cut ? cut : room;
}

/* A term and what it means, on as many lines as that takes. */
static void put_entry(struct page *page, const char *term, const char *text)
{
	size_t room = page->grid->columns > page->indent + 1 ? page->grid->columns - page->indent - 1 : 1;

	put(page, 3, GRID_BOLD, term, strlen(term));
	/* A term that reaches into the explanation has the line for itself. */
	if (text_width(term, strlen(term), TEXT_UTF8) + 4 > page->indent)
		page->line++;
	do {
		size_t length = part_of(text, room);
		put(page, page->indent, GRID_PLAIN, text, length);
		text += length;
		text += *text == ' ';
		page->line++;
	} while (*text);
}

/* The columns by the digits that sort by them. */
static void put_digits(struct page *page)
{
	char text[256];
	size_t length = 0;
	unsigned digit = 1;

	for (; digit <= 9 && length < sizeof text; digit++) {
		const struct column *column = table_view_nth(digit - 1);
		if (!column)
			break;
		length += (size_t)snprintf(text + length, sizeof text - length, "%s%u %s", length ? "  " : "", digit,
		                           column->title);
	}
	put_entry(page, "", text);
}

static void put_keys(struct page *page, const struct help_command *commands, size_t count)
{
	put_heading(page, "Keys");
	for (size_t i = 0; i < count; i++) {
		put_entry(page, commands[i].keys, commands[i].text);
		if (commands[i].takes_a_column)
			put_digits(page);
	}
	page->line++;
}

static void put_columns(struct page *page)
{
	put_heading(page, "Columns");
	for (size_t i = 0; i < column_screen_count; i++)
		put_entry(page, column_screen[i]->title, column_screen[i]->help);
	page->line++;
}

static void put_signs(struct page *page)
{
	put_heading(page, "Signs");
	put_entry(page, column_growth_sign(page->charset),
	          "grows from major GC to major GC without falling: a leak suspect");
	put_entry(page, page->charset == TEXT_UTF8 ? "▸ ▾" : "> v",
	          "has call paths below, hidden or shown, each with its share of the line above: of what is retained "
	          "there, or of what is live");
	put_entry(page, "~", "growth that no two major GCs have confirmed yet; it may be garbage: press g");
	put_entry(page, column_bound_sign(page->charset), "at most this: objects were born while the GC was marking");
	put_entry(page, "*", "an estimate: call paths were taken of some objects only, and stand for all of them");
	put_entry(page, page->charset == TEXT_UTF8 ? "–" : "-", "not known yet");
}

void help_view_draw(struct help_view *view, const struct help_command *commands, size_t count, struct grid *grid,
                    unsigned height, enum text_charset charset)
{
	struct page page = {view, grid, charset, grid->columns < WIDE ? INDENT_NARROW : INDENT, 0};

	view->height = height;
	if (view->count && view->top + height > view->count)
		view->top = view->count > height ? view->count - height : 0;
	put_keys(&page, commands, count);
	put_columns(&page);
	put_signs(&page);
	view->count = page.line;
}

void help_view_scroll(struct help_view *view, long lines)
{
	size_t last = view->count > view->height ? view->count - view->height : 0;
	size_t up = lines < 0 ? (size_t) - (lines + 1) + 1 : 0;

	if (lines < 0)
		view->top = view->top > up ? view->top - up : 0;
	else
		view->top =
		    (size_t)lines < last - (view->top < last ? view->top : last) ? view->top + (size_t)lines : last;
}
