/*
 * The input is a file of settings and, behind a divider, settings that a person has come to by keys. What of these is
 * written into the file must be there when it is read again, and with it all else that was in the file.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "app/settings.h"
#include "app/settings_file.h"

#define FILE_NAME "settings"
#define DIVIDER 0x1e

/* A line can be many times as long when it was changed, and what is too large is not read. */
#define FILE_MOST (SETTINGS_FILE_MOST / 16)

static void check(bool holds)
{
	if (!holds)
		abort();
}

static struct settings plain(void)
{
	return (struct settings){.sort = column_find("growth"), .interval = 1, .theme = &theme_table[0], .mouse = true};
}

/* What is refused must be told in a sentence, and change nothing. */
static bool read_text(struct settings *settings, const char *text, size_t length)
{
	char problem[SETTINGS_PROBLEM_SIZE];
	struct settings before = *settings;
	const char *wrong = settings_read(settings, text, length, problem);

	if (!wrong)
		return true;
	check(strlen(wrong) > 0 && strlen(wrong) < SETTINGS_PROBLEM_SIZE && settings_equal(settings, &before));
	return false;
}

static void write_file(const char *text, size_t length)
{
	struct buffer content = {0};

	buffer_add(&content, text, length);
	check(!settings_file_write(FILE_NAME, &content));
	buffer_deinit(&content);
}

/* Changes what is in the file from `before` to `now`, and returns what it says then. */
static struct settings change(const struct settings *now, const struct settings *before)
{
	struct buffer text = {0}, changed = {0}, written = {0};
	struct settings again = plain();

	check(!settings_file_read(FILE_NAME, &text));
	settings_print(&changed, now, before, text.text, text.length);
	check(!settings_file_write(FILE_NAME, &changed) && !settings_file_read(FILE_NAME, &written));
	check(written.length == changed.length);
	check(!written.length || !memcmp(written.text, changed.text, changed.length));
	check(read_text(&again, written.text, written.length));
	buffer_deinit(&text);
	buffer_deinit(&changed);
	buffer_deinit(&written);
	return again;
}

static void check_file(const char *file, size_t length, const char *keys, size_t keys_length)
{
	struct settings kept = plain(), again;

	if (!read_text(&kept, file, length))
		return;
	write_file(file, length);
	again = change(&kept, &kept);
	check(settings_equal(&again, &kept));
	struct settings now = kept;
	read_text(&now, keys, keys_length);
	again = change(&now, &kept);
	check(settings_equal(&again, &now));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const uint8_t *end = size ? memchr(bytes, DIVIDER, size) : NULL;
	size_t length = end ? (size_t)(end - bytes) : size, left = end ? size - length - 1 : 0;

	if (length > FILE_MOST)
		return 0;
	/* A block of its own, as the rest of the input has one, so that a sanitizer sees what reads beyond its end. */
	char *file = malloc(length ? length : 1);
	check(file);
	if (length)
		memcpy(file, bytes, length);
	check_file(file, length, (const char *)bytes + size - left, left);
	free(file);
	return 0;
}
