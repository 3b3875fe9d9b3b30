#include "viewer/typed.h"

#include <string.h>

#include "viewer/utf8.h"

bool typed_add(struct typed *typed, uint32_t character)
{
	char bytes[UTF8_SIZE];

	if (character < 0x20 || (character >= 0x7f && character < 0xa0) || character > 0x10ffff)
		return false;
	size_t size = utf8_write(bytes, character);
	if (size > sizeof typed->text - typed->length)
		return false;
	memcpy(typed->text + typed->length, bytes, size);
	typed->length += size;
	return true;
}

void typed_erase(struct typed *typed)
{
	/* Back over the bytes of one character, the first of which is no continuation. */
	while (typed->length && ((unsigned char)typed->text[--typed->length] & 0xc0) == 0x80)
		;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool begins(const struct typed *typed, const char *text)
{
	size_t i = 0;

	while (i < typed->length && lower(text[i]) == lower(typed->text[i]))
		i++;
	return i == typed->length;
}

size_t typed_find(const struct typed *typed, const char *text, size_t length)
{
	for (size_t at = 0; typed->length <= length - at; at++) {
		if (begins(typed, text + at))
			return at;
		if (at == length)
			break;
	}
	return TYPED_NONE;
}
