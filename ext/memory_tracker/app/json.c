#include "app/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

#define INDENT 2
#define NUMBER_SIZE 64

static void put_character(struct buffer *out, uint32_t character)
{
	char text[16];
	size_t length;

	/* Beyond control characters, those that end a line somewhere. */
	if (character == '"' || character == '\\')
		length = (size_t)snprintf(text, sizeof text, "\\%c", (char)character);
	else if (character < 0x20 || (character >= 0x7f && character < 0xa0) || character == 0x2028 ||
	         character == 0x2029)
		length = (size_t)snprintf(text, sizeof text, "\\u%04" PRIx32, character);
	else
		length = utf8_write(text, character);
	buffer_add(out, text, length);
}

static void put_text(struct buffer *out, const char *text, size_t length)
{
	buffer_puts(out, "\"");
	while (length) {
		uint32_t character;
		size_t size = utf8_read(text, length, &character);

		put_character(out, character);
		text += size;
		length -= size;
	}
	buffer_puts(out, "\"");
}

static void new_line(struct json *json)
{
	if (json->depth) {
		buffer_puts(json->out, "\n");
		buffer_spaces(json->out, (size_t)json->depth * INDENT);
	}
}

/* All that comes before a value. */
static void begin(struct json *json, const char *name)
{
	if (json->follows)
		buffer_puts(json->out, ",");
	json->follows = true;
	new_line(json);
	if (!name)
		return;
	put_text(json->out, name, strlen(name));
	buffer_puts(json->out, ": ");
}

void json_open(struct json *json, const char *name, char bracket)
{
	begin(json, name);
	buffer_add(json->out, &bracket, 1);
	json->depth++;
	json->follows = false;
}

void json_close(struct json *json, char bracket)
{
	bool any = json->follows;

	json->depth--;
	json->follows = true;
	if (any) {
		buffer_puts(json->out, "\n");
		buffer_spaces(json->out, (size_t)json->depth * INDENT);
	}
	buffer_add(json->out, &bracket, 1);
}

void json_text(struct json *json, const char *name, const char *text, size_t length)
{
	begin(json, name);
	if (text)
		put_text(json->out, text, length);
	else
		buffer_puts(json->out, "null");
}

void json_count(struct json *json, const char *name, uint64_t count)
{
	char digits[NUMBER_SIZE];

	begin(json, name);
	buffer_add(json->out, digits, (size_t)snprintf(digits, sizeof digits, "%" PRIu64, count));
}

/* A program may have set a locale in which numbers have a comma; JSON has a point. */
static void put_point(char *digits)
{
	for (char *c = digits; *c; c++) {
		if (!strchr("0123456789+-eE", *c))
			*c = '.';
	}
}

void json_number(struct json *json, const char *name, double number)
{
	char digits[NUMBER_SIZE];

	begin(json, name);
	if (isfinite(number))
		snprintf(digits, sizeof digits, "%.12g", number);
	else
		snprintf(digits, sizeof digits, "null");
	if (isfinite(number))
		put_point(digits);
	buffer_puts(json->out, digits);
}

void json_truth(struct json *json, const char *name, bool truth)
{
	begin(json, name);
	buffer_puts(json->out, truth ? "true" : "false");
}
