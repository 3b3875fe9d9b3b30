#include "base/utf8.h"

/* How many bytes a character takes, by its first one; 0: it is none. */
static size_t size_of(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc0 || first >= 0xf8)
		return 0;
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* Written with as few bytes as it can be, and neither a surrogate nor beyond Unicode. */
static bool is_proper(uint32_t character, size_t size)
{
	static const uint32_t least[UTF8_SIZE + 1] = {0, 0, 0x80, 0x800, 0x10000};

	return character >= least[size] && character <= 0x10ffff && (character < 0xd800 || character > 0xdfff);
}

size_t utf8_read(const char *text, size_t length, uint32_t *character)
{
	unsigned char first = (unsigned char)text[0];
	size_t size = size_of(first);

	*character = UTF8_REPLACEMENT;
	if (!size || size > length)
		return 1;
	uint32_t value = size == 1 ? first : first & (0x7fu >> size);
	for (size_t i = 1; i < size; i++) {
		unsigned char next = (unsigned char)text[i];
		if ((next & 0xc0) != 0x80)
			return 1;
		value = value << 6 | (next & 0x3f);
	}
	if (!is_proper(value, size))
		return 1;
	*character = value;
	return size;
}

size_t utf8_write(char out[UTF8_SIZE], uint32_t character)
{
	size_t size = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;

	for (size_t i = size; i-- > 1; character >>= 6)
		out[i] = (char)(0x80 | (character & 0x3f));
	out[0] = (char)(size == 1 ? character : (0xf00u >> size & 0xf0) | character);
	return size;
}
