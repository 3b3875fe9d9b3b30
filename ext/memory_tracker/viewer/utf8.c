#include "viewer/utf8.h"

#define REPLACEMENT UINT32_C(0xfffd)

/* How many bytes a character takes, by its first one; 0: it is none. */
static size_t size_of(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc0 || first >= 0xf8)
		return 0;
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

size_t utf8_read(const char *text, size_t length, uint32_t *character)
{
	unsigned char first = (unsigned char)text[0];
	size_t size = size_of(first);

	*character = REPLACEMENT;
	if (!size || size > length)
		return 1;
	uint32_t value = size == 1 ? first : first & (0x7fu >> size);
	for (size_t i = 1; i < size; i++) {
		unsigned char next = (unsigned char)text[i];
		if ((next & 0xc0) != 0x80)
			return 1;
		value = value << 6 | (next & 0x3f);
	}
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
