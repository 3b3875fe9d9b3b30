#include "base/line_edit.h"

#include <string.h>

#include "base/utf8.h"

bool line_edit_add(struct line_edit *line_edit, uint32_t character)
{
	char bytes[UTF8_SIZE];

	if (character < 0x20 || (character >= 0x7f && character < 0xa0) || character > 0x10ffff)
		return false;
	size_t size = utf8_write(bytes, character);
	if (size > sizeof line_edit->text - line_edit->length)
		return false;
	memcpy(line_edit->text + line_edit->length, bytes, size);
	line_edit->length += size;
	return true;
}

void line_edit_erase(struct line_edit *line_edit)
{
	/* Back over the bytes of one character, the first of which is no continuation. */
	while (line_edit->length && ((unsigned char)line_edit->text[--line_edit->length] & 0xc0) == 0x80)
		;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool begins(const struct line_edit *line_edit, const char *text)
{
	size_t i = 0;

	while (i < line_edit->length && lower(text[i]) == lower(line_edit->text[i]))
		i++;
	return i == line_edit->length;
}

size_t line_edit_find(const struct line_edit *line_edit, const char *text, size_t length)
{
	for (size_t at = 0; line_edit->length <= length - at; at++) {
		if (begins(line_edit, text + at))
			return at;
		if (at == length)
			break;
	}
	return LINE_EDIT_NONE;
}
