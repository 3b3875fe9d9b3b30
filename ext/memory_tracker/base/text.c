#include "base/text.h"

#include <stdbool.h>
#include <string.h>

#include "base/char_width.h"
#include "base/utf8.h"

#define ELLIPSIS UINT32_C(0x2026)
#define MARKS_MAX 8

/* One character that may be shown: its bytes in the wanted charset and its cells. */
struct glyph {
	char bytes[UTF8_SIZE];
	unsigned char length;
	unsigned char width;
};

/* Control characters, line and paragraph separators, and what changes the reading direction. */
static bool harmful(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c || c == 0x200e || c == 0x200f ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x206f) || c == 0xfeff ||
	       (c >= 0xfff0 && c < 0xfffd) || (c & 0xfffe) == 0xfffe || (c >= 0xe0000 && c < 0xe1000);
}

static struct glyph encode(uint32_t c, enum text_charset charset)
{
	struct glyph glyph = {.width = (unsigned char)char_width(c)};

	if (charset == TEXT_ASCII && c > 0x7e) {
		glyph.bytes[0] = '?';
		glyph.length = 1;
		glyph.width = glyph.width ? 1 : 0;
	} else {
		glyph.length = (unsigned char)utf8_write(glyph.bytes, c);
	}
	return glyph;
}

/* A text and how far it was read. */
struct reader {
	const char *bytes;
	size_t left;
	unsigned marks; /* combining marks since the latest character that takes cells */
	enum text_charset charset;
};

/* The next glyph to show; false at the end. Marks that nothing carries or that are too many are passed over. */
static bool next_glyph(struct reader *reader, struct glyph *glyph)
{
	while (reader->left) {
		uint32_t c;
		size_t size = utf8_read(reader->bytes, reader->left, &c);

		reader->bytes += size;
		reader->left -= size;
		*glyph = encode(harmful(c) ? UTF8_REPLACEMENT : c, reader->charset);
		if (glyph->width) {
			reader->marks = 0;
			return true;
		}
		if (reader->marks++ < MARKS_MAX && reader->charset == TEXT_UTF8)
			return true;
	}
	return false;
}

static struct reader reader_of(const char *text, size_t length, enum text_charset charset)
{
	/* A mark at the very start would combine with whatever stands before the text. */
	return (struct reader){text, length, MARKS_MAX, charset};
}

size_t text_width(const char *text, size_t length, enum text_charset charset)
{
	struct reader reader = reader_of(text, length, charset);
	struct glyph glyph;
	size_t width = 0;

	while (next_glyph(&reader, &glyph))
		width += glyph.width;
	return width;
}

size_t text_fit(char *out, size_t capacity, const char *text, size_t length, size_t width, enum text_charset charset)
{
	struct reader reader = reader_of(text, length, charset);
	struct glyph glyph, dots = encode(charset == TEXT_UTF8 ? ELLIPSIS : '.', charset);
	size_t dot_count = charset == TEXT_UTF8 ? 1 : 3;
	size_t used = 0, cells = 0, cut = 0;
	bool whole = true;

	if (dot_count > width)
		dot_count = width;
	while (dot_count * dots.length > capacity - 1)
		dot_count--;
	while (whole && next_glyph(&reader, &glyph)) {
		whole = used + glyph.length < capacity && cells + glyph.width <= width;
		if (!whole)
			break;
		memcpy(out + used, glyph.bytes, glyph.length);
		used += glyph.length;
		cells += glyph.width;
		/* The longest beginning that leaves room for the ellipsis. */
		if (used + dot_count * dots.length < capacity && cells + dot_count * dots.width <= width)
			cut = used;
	}
	if (!whole) {
		used = cut;
		for (size_t i = 0; i < dot_count; i++, used += dots.length)
			memcpy(out + used, dots.bytes, dots.length);
	}
	out[used] = '\0';
	return used;
}

size_t text_fit_end(char *out, size_t capacity, const char *text, size_t length, size_t width,
                    enum text_charset charset)
{
	struct reader reader = reader_of(text, length, charset);
	struct glyph glyph, dots = encode(charset == TEXT_UTF8 ? ELLIPSIS : '.', charset);
	size_t dot_count = charset == TEXT_UTF8 ? 1 : 3, used = 0;
	size_t cells = text_width(text, length, charset);

	if (cells <= width && length * 3 < capacity)
		return text_fit(out, capacity, text, length, width, charset);
	dot_count = dot_count > width ? width : dot_count;
	while (dot_count * dots.length > capacity - 1)
		dot_count--;
	/* A byte that belongs to no character becomes three. */
	while ((cells > width - dot_count || reader.left * 3 > capacity - 1 - dot_count * dots.length) &&
	       next_glyph(&reader, &glyph))
		cells -= glyph.width;
	for (size_t i = 0; i < dot_count; i++, used += dots.length)
		memcpy(out + used, dots.bytes, dots.length);
	return used + text_fit(out + used, capacity - used, reader.bytes, reader.left, TEXT_UNLIMITED, charset);
}
