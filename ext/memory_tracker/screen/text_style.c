#include "screen/text_style.h"

#include "screen/grid.h"
#include "screen/palette.h"

/* How a colour is told behind 38 or 48. */
#define KIND_RGB 2
#define KIND_PALETTE 5

static unsigned joined_to(const struct vt_sequence *sequence, unsigned at)
{
	unsigned count = 0;

	while (at + count + 1 < sequence->count && (sequence->joined & UINT32_C(1) << (at + count + 1)))
		count++;
	return count;
}

static uint16_t of_palette(unsigned colour)
{
	return colour < 256 ? (uint16_t)(colour + 1) : 0;
}

static uint16_t of_rgb(const uint16_t *values)
{
	if (values[0] > 255 || values[1] > 255 || values[2] > 255)
		return 0;
	return of_palette(palette_nearest((uint8_t)values[0], (uint8_t)values[1], (uint8_t)values[2]));
}

/*
 * The colour behind a 38 or 48 at `at`: "5;N", "2;R;G;B", "5:N", "2:R:G:B" or "2:SPACE:R:G:B". Returns the place of the
 * last number read.
 */
static unsigned read_colour(const struct vt_sequence *sequence, unsigned at, uint16_t *colour)
{
	const uint16_t *values = sequence->values + at + 1;
	unsigned joined = joined_to(sequence, at), left = joined ? joined : sequence->count - at - 1;

	if (left >= 2 && values[0] == KIND_PALETTE) {
		*colour = of_palette(values[1]);
		return at + (joined ? joined : 2);
	}
	if (left >= 4 && values[0] == KIND_RGB) {
		*colour = of_rgb(values + (joined > 4 ? 2 : 1));
		return at + (joined ? joined : 4);
	}
	return joined ? at + joined : sequence->count;
}

static void change_style(struct text_style *text_style, unsigned number)
{
	static const uint16_t set[] = {[1] = GRID_BOLD, [2] = GRID_DIM, [4] = GRID_UNDERLINE, [7] = GRID_REVERSE};
	static const uint16_t cleared[] = {
	    [1] = GRID_BOLD, [2] = GRID_BOLD | GRID_DIM, [4] = GRID_UNDERLINE, [7] = GRID_REVERSE};

	if (number < sizeof set / sizeof *set)
		text_style->style |= set[number];
	else if (number > 20 && number < 28)
		text_style->style &= (uint16_t)~cleared[number - 20];
}

static void change(struct text_style *text_style, unsigned number)
{
	if (number == 0)
		*text_style = (struct text_style){0};
	else if (number >= 30 && number < 38)
		text_style->fg = of_palette(number - 30);
	else if (number == 39)
		text_style->fg = 0;
	else if (number >= 40 && number < 48)
		text_style->bg = of_palette(number - 40);
	else if (number == 49)
		text_style->bg = 0;
	else if (number >= 90 && number < 98)
		text_style->fg = of_palette(number - 90 + 8);
	else if (number >= 100 && number < 108)
		text_style->bg = of_palette(number - 100 + 8);
	else
		change_style(text_style, number);
}

void text_style_change(struct text_style *text_style, const struct vt_sequence *sequence)
{
	if (!sequence->count)
		change(text_style, 0);
	for (unsigned i = 0; i < sequence->count; i++) {
		unsigned number = sequence->values[i], joined = joined_to(sequence, i);

		if (number == 38 || number == 48) {
			i = read_colour(sequence, i, number == 38 ? &text_style->fg : &text_style->bg);
			continue;
		}
		/* "4:0" is no underline; what else is joined are kinds of it. */
		change(text_style, number == 4 && joined && !sequence->values[i + 1] ? 24 : number);
		i += joined;
	}
}

bool text_style_equal(const struct text_style *a, const struct text_style *b)
{
	return a->style == b->style && a->fg == b->fg && a->bg == b->bg;
}
