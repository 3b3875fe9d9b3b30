#include "panes/table_view.h"

#include <stdio.h>
#include <string.h>

#include "table/class_line.h"
#include "base/format.h"
#include "table/line_search.h"
#include "panes/path_cell_draw.h"
#include "table/path_cell.h"

/* Between a title and what stands at the right of it. */
#define GAP 2

/* From this width on the line of titles has room for more than the titles. */
#define POSITION_LEAST 80

/* A place with less than this says nothing. */
#define ORIGIN_LEAST 6

/* Room for a name of as many cells as any screen has. */
#define NAME_SIZE 2048

void table_view_deinit(struct table_view *table)
{
	tree_lines_deinit(&table->tree);
	key_ranks_deinit(&table->ranks);
	buffer_deinit(&table->cell);
	table->metrics = NULL;
}

static bool is_marked(const struct table_view *table)
{
	return table->since && table->since->mark && table->metrics && table->metrics->snapshot;
}

static struct column_context context_of(const struct table_view *table)
{
	bool marked = is_marked(table);

	return (struct column_context){
	    .marked = marked,
	    .elapsed_ns = marked ? table->metrics->snapshot->monotonic_ns - table->since->mark->monotonic_ns : 0,
	    .deltas = marked && table->deltas,
	    .charset = table->tree.charset};
}

static struct column_line *selected_line(const struct table_view *table)
{
	return table->tree.count ? &table->tree.lines[table->selection.position] : NULL;
}

static void hold(struct table_view *table)
{
	const struct column_line *line = selected_line(table);

	if (line)
		selection_hold(&table->selection, tree_lines_key(line));
}

/* The selection goes where the line it belongs to went. One whose line is gone takes what is there now. */
static void follow(struct table_view *table)
{
	struct selection *selection = &table->selection;

	if (!selection->held)
		return;
	for (size_t i = 0; i < table->tree.count; i++) {
		if (tree_lines_key(&table->tree.lines[i]) == selection->id) {
			selection_go_along(selection, i, table->tree.count);
			return;
		}
	}
	table->lost |= selection->followed;
	selection_move_to(selection, selection->position, table->tree.count);
	hold(table);
}

bool table_view_refresh(struct table_view *table, const struct metrics *metrics)
{
	const struct tree_order order = {.sort = table->sort,
	                                 .reversed = table->reversed,
	                                 .internal = table->internal,
	                                 .filter = &table->filter,
	                                 .since = table->since,
	                                 .deltas = table->deltas && table->since && table->since->mark,
	                                 .ranks = table->frozen ? &table->ranks : NULL};
	bool made = tree_lines_make(&table->tree, metrics, &order);

	if (!made)
		table->tree.count = 0;
	table->metrics = metrics;
	if (table->tree.count)
		follow(table);
	return made;
}

static void make_anew(struct table_view *table)
{
	if (table->metrics)
		table_view_refresh(table, table->metrics);
}

void table_view_sort(struct table_view *table, const struct column *column)
{
	table->sort = column;
	table->reversed = false;
	key_ranks_clear(&table->ranks);
	make_anew(table);
}

void table_view_reverse(struct table_view *table)
{
	table->reversed = !table->reversed;
	key_ranks_clear(&table->ranks);
	make_anew(table);
}

void table_view_freeze(struct table_view *table, bool frozen)
{
	table->frozen = frozen;
	key_ranks_clear(&table->ranks);
	make_anew(table);
}

void table_view_follow(struct table_view *table, bool followed)
{
	const struct column_line *line = selected_line(table);

	if (!line)
		return;
	hold(table);
	table->selection.followed = followed;
	text_fit(table->followed, sizeof table->followed, line->name, line->name_length, FOLLOWED_CELLS,
	         table->tree.charset);
}

bool table_view_search(struct table_view *table, size_t from, bool up)
{
	const struct tree_lines *tree = &table->tree;
	size_t found = line_search_next(tree->lines, tree->count, &table->search, from, up);

	if (found == tree->count)
		return false;
	selection_move_to(&table->selection, found, tree->count);
	hold(table);
	return true;
}

bool table_view_unfold(struct table_view *table, enum table_unfold how)
{
	const struct column_line *line = selected_line(table);
	bool done = true;

	if (!line || !line->path.below)
		return true;
	if (how == TABLE_UNFOLD_ALL)
		done = tree_lines_unfold_all(&table->tree, line);
	else if (how == TABLE_UNFOLD_CHAIN)
		done = tree_lines_unfold_chain(&table->tree, line);
	else
		done = key_set_add(&table->tree.unfolded, tree_lines_key(line));
	hold(table);
	make_anew(table);
	return done;
}

void table_view_fold(struct table_view *table)
{
	const struct column_line *line = selected_line(table);
	size_t above = table->selection.position;

	if (!line)
		return;
	if (line->path.unfolded) {
		key_set_remove(&table->tree.unfolded, tree_lines_key(line));
		hold(table);
		make_anew(table);
		return;
	}
	/* What is above in the tree is the nearest line before it that is less deep. */
	while (line->path.depth && table->tree.lines[above].path.depth >= line->path.depth)
		above--;
	selection_move_to(&table->selection, above, table->tree.count);
	hold(table);
}

void table_view_invert(struct table_view *table)
{
	const struct column_line *line = selected_line(table);

	/* Paths are others then; what stays is the class. */
	if (line && line->path.depth)
		selection_hold(&table->selection, snapshot_classes(table->metrics->snapshot)[line->class_index].id);
	table->tree.inverted = !table->tree.inverted;
	make_anew(table);
}

bool table_view_has_room(const struct table_view *table, const struct column *column)
{
	const struct column_context context = context_of(table);
	struct layout layout;

	layout_make(&layout, table->layout.columns, table->choice, &context);
	return layout_has(&layout, column);
}

bool table_view_wants(const struct table_view *table, size_t index)
{
	const struct column_context context = context_of(table);

	return layout_wants(table->choice, index) && column_applies(column_screen[index], &context);
}

const struct column *table_view_neighbour(const struct table_view *table, int steps)
{
	size_t index = 0;

	while (column_screen[index] != table->sort)
		index++;
	do
		index = (index + column_screen_count + (size_t)steps) % column_screen_count;
	while (!column_screen[index]->compare || !table_view_wants(table, index));
	return column_screen[index];
}

const struct column *table_view_nth(size_t nth)
{
	for (int extra = 0; extra < 2; extra++) {
		for (size_t i = 0; i < column_screen_count; i++) {
			const struct column *column = column_screen[i];
			bool comes_and_goes = column->on_request || column->with_mark;

			if (column->compare && comes_and_goes == extra && !nth--)
				return column;
		}
	}
	return NULL;
}

void table_view_move(struct table_view *table, long lines)
{
	selection_move_by(&table->selection, lines, table->tree.count);
	hold(table);
}

void table_view_end(struct table_view *table)
{
	selection_move_to(&table->selection, SIZE_MAX, table->tree.count);
	hold(table);
}

void table_view_select(struct table_view *table, size_t position)
{
	selection_move_to(&table->selection, position, table->tree.count);
	hold(table);
}

void table_view_scroll(struct table_view *table, long lines)
{
	if (table->tree.count && selection_scroll(&table->selection, lines, table->tree.count, table->height))
		hold(table);
}

void table_view_home(struct table_view *table)
{
	selection_rest(&table->selection);
}

const struct column_line *table_view_selected(const struct table_view *table)
{
	return selected_line(table);
}

/* Numbers end at the right edge of their column; trends and names begin at the left. */
static bool at_the_right(const struct column *column)
{
	return column->cells && !column->stretch;
}

static unsigned start_of(const struct layout_place *place, size_t width)
{
	unsigned end = place->start + place->cells;

	if (!at_the_right(place->column))
		return place->start;
	return width < end ? end - (unsigned)width : 0;
}

static const char *order_mark(const struct table_view *table)
{
	if (table->tree.charset == TEXT_UTF8)
		return table->reversed ? "▴" : "▾";
	return table->reversed ? "^" : "v";
}

/* What is searched for is underlined, or else what is filtered by. */
static const struct line_edit *marked(const struct table_view *table)
{
	return table->search.length ? &table->search : &table->filter;
}

/* Puts a text that ends before a column, cut so that it begins behind `from`. Returns where it begins. */
static unsigned put_before(struct table_view *table, struct grid *grid, unsigned line, unsigned from, unsigned end,
                           uint16_t style, const char *text)
{
	char out[LINE_EDIT_SIZE * 4];
	size_t room = end > from + GAP ? end - from - GAP : 0;
	size_t length = text_fit(out, sizeof out, text, strlen(text), room, table->tree.charset);

	end -= (unsigned)text_width(out, length, TEXT_UTF8);
	grid_put(grid, line, end, style, out, length);
	return end;
}

/* In which way the table does not do what it does by itself. */
static const char *state_of(const struct table_view *table)
{
	if (table->frozen)
		return table->selection.followed ? "frozen, following" : "frozen";
	return "following";
}

/* The filter, and which of how many lines is selected, at the right end of the titles. */
static void draw_position(struct table_view *table, struct grid *grid, unsigned line, unsigned from)
{
	char position[FORMAT_SIZE], count[FORMAT_SIZE], text[LINE_EDIT_SIZE + FORMAT_SIZE * 2];
	unsigned end = grid->columns - 1;

	format_exact(position, table->selection.position + 1);
	format_exact(count, table->tree.count);
	snprintf(text, sizeof text, "%s of %s", position, count);
	if (table->tree.count && grid->columns >= POSITION_LEAST)
		end = put_before(table, grid, line, from, end, GRID_DIM, text) - GAP;
	snprintf(text, sizeof text, "\"%.*s\"", (int)table->filter.length, table->filter.text);
	if (table->filter.length)
		end = put_before(table, grid, line, from, end, GRID_UNDERLINE, text) - GAP;
	if (table->frozen || table->selection.followed)
		put_before(table, grid, line, from, end, GRID_BOLD, state_of(table));
}

static void draw_titles(struct table_view *table, struct grid *grid, unsigned line, const struct layout *layout)
{
	const struct column_context context = context_of(table);
	unsigned column = 0;

	for (size_t i = 0; i < layout->count; i++) {
		const struct layout_place *place = &layout->places[i];
		bool sorted = place->column == table->sort;
		char title[COLUMN_TITLE_SIZE];

		column_title(place->column, &context, title);
		column = grid_put(grid, line, start_of(place, text_width(title, strlen(title), TEXT_UTF8)),
		                  sorted ? GRID_BOLD : GRID_DIM, title, strlen(title));
		if (sorted)
			column = grid_put(grid, line, column, GRID_BOLD, order_mark(table), strlen(order_mark(table)));
	}
	draw_position(table, grid, line, column);
}

/* Where a class without a name comes from, if there is room. Returns the column behind it. */
static unsigned draw_origin(struct table_view *table, struct grid *grid, unsigned line, unsigned column, unsigned end,
                            const struct column_line *row)
{
	char place[NAME_SIZE], text[NAME_SIZE];
	size_t length = class_line_place(place, sizeof place, row);

	if (!length || column + 1 + ORIGIN_LEAST > end)
		return column;
	column++;
	length = text_fit_end(text, sizeof text, place, length, end - column, row->charset);
	unsigned behind = grid_put(grid, line, column, GRID_PLACE, text, length);
	path_cell_draw_match(grid, line, column, marked(table), text, length);
	return behind;
}

/* How what a cell tells looks. */
static uint16_t style_of(const struct column *column, const struct column_line *row)
{
	static const uint16_t styles[] = {
	    [CELL_PLAIN] = GRID_PLAIN,
	    [CELL_CLASS] = GRID_BOLD,
	    [CELL_GROWS] = GRID_GROWS | GRID_BOLD,
	    [CELL_GROWING_TREND] = GRID_GROWS,
	    [CELL_SHRINKS] = GRID_SHRINKS,
	    [CELL_UNCONFIRMED] = GRID_UNCONFIRMED | GRID_DIM,
	    [CELL_UNCHANGED] = GRID_DIM,
	};

	return styles[column->meaning ? column->meaning(row) : CELL_PLAIN];
}

/* Whether some class may be unfolded, so that all names leave room for the mark. */
static bool has_paths(const struct tree_lines *tree)
{
	return tree->paths->snapshot && tree->paths->snapshot->node_count;
}

/* The name has its own way, because it is cut where the screen ends. */
static void draw_name(struct table_view *table, struct grid *grid, unsigned line, const struct layout_place *place,
                      const struct column_line *row, bool with_sign)
{
	char name[NAME_SIZE];
	unsigned start = place->start, cells = place->cells;
	bool sign = with_sign && row->row->sustained && cells > 2;
	const char *text = column_growth_sign(row->charset);

	if (row->path.depth) {
		path_cell_draw(grid, line, start, cells, row, marked(table), with_sign ? text : NULL);
		return;
	}
	if (has_paths(&table->tree) && cells > PATH_CELL_MARK) {
		start = path_cell_draw_mark(grid, line, start, &row->path, row->charset);
		cells -= PATH_CELL_MARK;
	}
	if (sign)
		cells -= 2;
	size_t length = class_line_name(name, sizeof name, row, cells);
	unsigned column = grid_put(grid, line, start, style_of(place->column, row), name, length);
	path_cell_draw_match(grid, line, start, marked(table), name, length);
	column = draw_origin(table, grid, line, column, start + cells, row);
	if (sign)
		grid_put(grid, line, column + 1, GRID_GROWS | GRID_BOLD, text, strlen(text));
}

static void draw_cell(struct table_view *table, struct grid *grid, unsigned line, const struct layout_place *place,
                      const struct column_line *row)
{
	const struct column *column = place->column;
	struct buffer *cell = &table->cell;

	buffer_clear(cell);
	if (column->show)
		column->show(cell, row, place->cells);
	else
		column->print(cell, row);
	if (cell->failed || !cell->length)
		return;
	/* Nothing, and what is not known, step back behind the numbers. */
	bool nothing = cell->text[0] == '0',
	     unknown = cell->text[0] == '-' && (cell->length < 2 || cell->text[1] == ' ');
	size_t width = text_width(cell->text, cell->length, TEXT_UTF8);
	unsigned start = start_of(place, width);
	grid_put(grid, line, start, nothing || unknown ? GRID_DIM : style_of(column, row), cell->text, cell->length);
	if (unknown && table->tree.charset == TEXT_UTF8)
		grid_put(grid, line, start, GRID_DIM, "–", strlen("–"));
}

static void draw_line(struct table_view *table, struct grid *grid, unsigned line, const struct layout *layout,
                      const struct column_line *row)
{
	bool growth = layout_has(layout, column_find("growth"));

	for (size_t i = 0; i < layout->count; i++) {
		if (layout->places[i].column->cells)
			draw_cell(table, grid, line, &layout->places[i], row);
		else
			draw_name(table, grid, line, &layout->places[i], row, !growth);
	}
}

void table_view_draw(struct table_view *table, struct grid *grid, unsigned line, unsigned height, const char *empty)
{
	const struct column_context context = context_of(table);

	layout_make(&table->layout, grid->columns, table->choice, &context);
	table->titles = line;
	table->height = height;
	selection_reveal(&table->selection, table->tree.count, height);
	draw_titles(table, grid, line, &table->layout);
	if (!table->tree.count && height)
		grid_put(grid, line + 1, 1, GRID_DIM, empty, strlen(empty));
	for (unsigned i = 0; i < height && table->selection.top + i < table->tree.count; i++) {
		size_t position = table->selection.top + i;

		draw_line(table, grid, line + 1 + i, &table->layout, &table->tree.lines[position]);
		if (position == table->selection.position)
			grid_style(grid, line + 1 + i, 0, grid->columns, GRID_REVERSE);
	}
}

void table_view_draw_part(struct table_view *table, struct grid *grid, unsigned line, size_t part)
{
	const struct column_context context = context_of(table);
	struct layout layout;

	layout_make(&layout, grid->columns, table->choice, &context);
	if (part == TABLE_TITLES)
		draw_titles(table, grid, line, &layout);
	else
		draw_line(table, grid, line, &layout, &table->tree.lines[part]);
}
