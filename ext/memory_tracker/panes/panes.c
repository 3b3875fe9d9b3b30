#include "panes/panes.h"

#include "panes/graph_view.h"

/* With fewer lines there is no pane: the table would have none. */
#define LEAST_LINES 4

static void draw_output(struct panes *panes, const struct pane_frame *frame)
{
	output_view_draw(&panes->output, &panes->printed, frame->grid, frame->line, frame->height, frame->charset);
}

static void follow_output(struct panes *panes)
{
	panes->output.above = 0;
}

static void scroll_output(struct panes *panes, long lines)
{
	output_view_scroll(&panes->output, &panes->printed, lines);
}

static void draw_source(struct panes *panes, const struct pane_frame *frame)
{
	source_view_draw(&panes->source, frame->grid, frame->line, frame->height, frame->row, frame->charset);
}

static void read_source_anew(struct panes *panes)
{
	panes->source.stale = true;
}

static void scroll_source(struct panes *panes, long lines)
{
	source_view_scroll(&panes->source, lines);
}

static void draw_trend(struct panes *panes, const struct pane_frame *frame)
{
	graph_view_draw(frame->grid, frame->line, frame->height, frame->row, frame->marks, frame->charset);
}

static void draw_processes(struct panes *panes, const struct pane_frame *frame)
{
	process_view_draw(&panes->processes, frame->grid, frame->line, frame->height, frame->charset);
}

static unsigned height_of_processes(const struct panes *panes)
{
	return process_view_height(&panes->processes);
}

const struct pane pane_table[PANE_COUNT] = {
    [PANE_OUTPUT] =
        {.name = "output", .key = 'l', .draw = draw_output, .opened = follow_output, .scroll = scroll_output},
    [PANE_SOURCE] =
        {.name = "source", .key = 'v', .draw = draw_source, .opened = read_source_anew, .scroll = scroll_source},
    [PANE_TREND] = {.name = "trend", .key = 't', .draw = draw_trend},
    [PANE_PROCESSES] = {.name = "list", .key = 'P', .draw = draw_processes, .height = height_of_processes},
};

void panes_deinit(struct panes *panes)
{
	scrollback_deinit(&panes->printed);
	source_view_deinit(&panes->source);
	process_view_deinit(&panes->processes);
}

enum pane_id pane_of_key(uint32_t key)
{
	enum pane_id pane = PANE_COUNT - 1;

	while (pane && pane_table[pane].key != key)
		pane--;
	return pane;
}

void panes_open(struct panes *panes, enum pane_id pane)
{
	panes->open = pane;
	if (pane_table[pane].opened)
		pane_table[pane].opened(panes);
}

void panes_scroll(struct panes *panes, long lines)
{
	if (pane_table[panes->open].scroll)
		pane_table[panes->open].scroll(panes, lines);
}

unsigned panes_height(const struct panes *panes, unsigned lines)
{
	const struct pane *pane = &pane_table[panes->open];
	unsigned most = lines / 2;

	if (!pane->draw || lines < LEAST_LINES)
		return 0;
	return pane->height && pane->height(panes) < most ? pane->height(panes) : most;
}

void panes_draw(struct panes *panes, const struct pane_frame *frame)
{
	panes->line = frame->line;
	panes->height = frame->height;
	if (frame->height)
		pane_table[panes->open].draw(panes, frame);
}

bool panes_cover(const struct panes *panes, unsigned line)
{
	return line >= panes->line && line - panes->line < panes->height;
}
