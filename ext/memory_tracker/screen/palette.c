#include "screen/palette.h"

/* 16 colours with names, a cube of 6 * 6 * 6, and 24 greys. */
#define CUBE 16
#define GREYS 232
#define GREY_COUNT 24

struct rgb {
	int red;
	int green;
	int blue;
};

static const uint8_t levels[] = {0, 95, 135, 175, 215, 255};

/* As xterm has them. */
static const struct rgb named[] = {
    {0, 0, 0},     {205, 0, 0},     {0, 205, 0},     {205, 205, 0},   {0, 0, 238}, {205, 0, 205},
    {0, 205, 205}, {229, 229, 229}, {127, 127, 127}, {255, 0, 0},     {0, 255, 0}, {255, 255, 0},
    {92, 92, 255}, {255, 0, 255},   {0, 255, 255},   {255, 255, 255},
};

static int distance(struct rgb a, struct rgb b)
{
	int red = a.red - b.red, green = a.green - b.green, blue = a.blue - b.blue;

	return red * red + green * green + blue * blue;
}

static struct rgb rgb_of(uint8_t colour)
{
	if (colour < CUBE)
		return named[colour];
	if (colour >= GREYS) {
		int grey = 8 + (colour - GREYS) * 10;
		return (struct rgb){grey, grey, grey};
	}
	unsigned place = colour - CUBE;
	return (struct rgb){levels[place / 36], levels[place / 6 % 6], levels[place % 6]};
}

static unsigned nearest_level(uint8_t share)
{
	unsigned best = 0;

	for (unsigned i = 1; i < sizeof levels; i++) {
		int now = share > levels[i] ? share - levels[i] : levels[i] - share;
		int before = share > levels[best] ? share - levels[best] : levels[best] - share;
		if (now < before)
			best = i;
	}
	return best;
}

uint8_t palette_nearest(uint8_t red, uint8_t green, uint8_t blue)
{
	struct rgb wanted = {red, green, blue};
	uint8_t best = (uint8_t)(CUBE + 36 * nearest_level(red) + 6 * nearest_level(green) + nearest_level(blue));

	for (unsigned i = 0; i < GREY_COUNT; i++) {
		if (distance(wanted, rgb_of((uint8_t)(GREYS + i))) < distance(wanted, rgb_of(best)))
			best = (uint8_t)(GREYS + i);
	}
	return best;
}

uint8_t palette_reduce(uint8_t colour, unsigned count)
{
	unsigned names = count < CUBE ? 8 : CUBE;
	uint8_t best = 0;

	if (colour < count)
		return colour;
	/* The second eight are the first ones, only brighter. */
	if (colour < CUBE)
		return colour - 8;
	for (uint8_t i = 1; i < names; i++) {
		if (distance(rgb_of(colour), named[i]) < distance(rgb_of(colour), named[best]))
			best = i;
	}
	return best;
}
