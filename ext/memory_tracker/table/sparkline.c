#include "table/sparkline.h"

#define HEIGHTS 8

static const char *const bars[HEIGHTS] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
static const char *const ascii_bars[HEIGHTS] = {"_", ".", ":", "-", "=", "+", "*", "#"};

/* The heights between which the values are drawn. */
struct scale {
	double bottom;
	double range; /* 0: there is nothing but zeros */
};

static struct scale scale_of(const uint32_t *values, unsigned count)
{
	uint32_t least = UINT32_MAX, most = 0;

	for (unsigned i = 0; i < count; i++) {
		least = values[i] < least ? values[i] : least;
		most = values[i] > most ? values[i] : most;
	}
	struct scale scale = {least, (double)most - least};
	if (scale.range < most / 8.0) {
		scale.bottom = (least + (double)most) / 2 - most / 16.0;
		scale.range = most / 8.0;
	}
	return scale;
}

static unsigned height_of(const struct scale *scale, uint32_t value)
{
	double height = scale->range > 0 ? (value - scale->bottom) * HEIGHTS / scale->range : 0;

	return height <= 0 ? 0 : height >= HEIGHTS ? HEIGHTS - 1 : (unsigned)height;
}

static uint32_t lowest(const uint32_t *values, unsigned from, unsigned to)
{
	uint32_t least = values[from];

	for (unsigned i = from + 1; i < to; i++)
		least = values[i] < least ? values[i] : least;
	return least;
}

void sparkline_print(struct buffer *out, const uint32_t *values, unsigned count, unsigned cells,
                     enum text_charset charset)
{
	uint32_t post_gc_minima[SPARKLINE_CELLS];
	unsigned shown = count < cells ? count : cells;

	if (shown > SPARKLINE_CELLS)
		shown = SPARKLINE_CELLS;
	for (unsigned i = 0; i < shown; i++)
		post_gc_minima[i] = lowest(values, (unsigned)((uint64_t)count * i / shown),
		                           (unsigned)((uint64_t)count * (i + 1) / shown));
	struct scale scale = scale_of(post_gc_minima, shown);
	for (unsigned i = 0; i < shown; i++)
		buffer_puts(out, (charset == TEXT_UTF8 ? bars : ascii_bars)[height_of(&scale, post_gc_minima[i])]);
	buffer_spaces(out, cells - shown);
}
