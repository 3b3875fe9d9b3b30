#include "viewer/filter.h"

#include <string.h>

#include "viewer/utf8.h"

bool filter_type(struct filter *filter, uint32_t character)
{
	char bytes[UTF8_SIZE];

	if (character < 0x20 || (character >= 0x7f && character < 0xa0) || character > 0x10ffff)
		return false;
	size_t size = utf8_write(bytes, character);
	if (size > sizeof filter->text - filter->length)
		return false;
	memcpy(filter->text + filter->length, bytes, size);
	filter->length += size;
	return true;
}

void filter_erase(struct filter *filter)
{
	/* Back over the bytes of one character, the first of which is no continuation. */
	while (filter->length && ((unsigned char)filter->text[--filter->length] & 0xc0) == 0x80)
		;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool begins(const struct filter *filter, const char *text)
{
	size_t i = 0;

	while (i < filter->length && lower(text[i]) == lower(filter->text[i]))
		i++;
	return i == filter->length;
}

size_t filter_find(const struct filter *filter, const char *text, size_t length)
{
	for (size_t at = 0; filter->length <= length - at; at++) {
		if (begins(filter, text + at))
			return at;
		if (at == length)
			break;
	}
	return FILTER_NONE;
}
