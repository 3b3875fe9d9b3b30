#include "app/settings.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The longest number that an interval can be, in milliseconds. */
#define DIGITS_MOST 9
#define MILLISECONDS 1000

/* A piece of the text. */
struct piece {
	const char *text;
	size_t length;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct piece trim(struct piece piece)
{
	while (piece.length && is_blank(piece.text[0]))
		piece = (struct piece){piece.text + 1, piece.length - 1};
	while (piece.length && is_blank(piece.text[piece.length - 1]))
		piece.length--;
	return piece;
}

static bool is(struct piece piece, const char *word)
{
	return piece.length == strlen(word) && !memcmp(piece.text, word, piece.length);
}

/* --- the settings --- */

/* The next word, which is taken off the piece; empty at the end. */
static struct piece next_word(struct piece *rest)
{
	*rest = trim(*rest);
	struct piece word = *rest;
	size_t length = 0;

	while (length < word.length && !is_blank(word.text[length]))
		length++;
	word.length = length;
	*rest = (struct piece){rest->text + length, rest->length - length};
	return word;
}

static bool read_columns(struct settings *settings, struct piece value)
{
	bool named[LAYOUT_MAX] = {false};
	struct piece word;

	while ((word = next_word(&value)).length) {
		size_t index = layout_index(word.text, word.length);
		if (index >= column_screen_count || index >= LAYOUT_MAX)
			return false;
		named[index] = true;
	}
	settings->choice = 0;
	for (size_t i = 0; i < column_screen_count && i < LAYOUT_MAX; i++) {
		/* Names are always there. */
		if (column_screen[i]->cells && named[i] == column_screen[i]->on_request)
			settings->choice |= (layout_choice)1 << i;
	}
	return true;
}

static void print_columns(struct buffer *out, const struct settings *settings)
{
	const char *gap = "";

	for (size_t i = 0; i < column_screen_count && i < LAYOUT_MAX; i++) {
		if (!layout_wants(settings->choice, i))
			continue;
		buffer_puts(out, gap);
		buffer_puts(out, column_screen[i]->key);
		gap = " ";
	}
}

static bool read_sort(struct settings *settings, struct piece value)
{
	size_t index = layout_index(value.text, value.length);

	if (index >= column_screen_count || !column_screen[index]->compare)
		return false;
	settings->sort = column_screen[index];
	return true;
}

static void print_sort(struct buffer *out, const struct settings *settings)
{
	buffer_puts(out, settings->sort->key);
}

static bool read_truth(bool *truth, struct piece value)
{
	*truth = is(value, "yes");
	return *truth || is(value, "no");
}

static bool read_reversed(struct settings *settings, struct piece value)
{
	return read_truth(&settings->reversed, value);
}

static void print_reversed(struct buffer *out, const struct settings *settings)
{
	buffer_puts(out, settings->reversed ? "yes" : "no");
}

static bool read_mouse(struct settings *settings, struct piece value)
{
	return read_truth(&settings->mouse, value);
}

static void print_mouse(struct buffer *out, const struct settings *settings)
{
	buffer_puts(out, settings->mouse ? "yes" : "no");
}

/* By hand, because a program may have set a locale in which numbers have a comma. */
static bool read_interval(struct settings *settings, struct piece value)
{
	unsigned long number = 0, scale = 1;
	bool point = false, digits = false;

	if (value.length > DIGITS_MOST)
		return false;
	for (size_t i = 0; i < value.length; i++) {
		char c = value.text[i];
		if (c == '.' && !point) {
			point = true;
			continue;
		}
		if (c < '0' || c > '9')
			return false;
		number = number * 10 + (unsigned long)(c - '0');
		scale *= point ? 10 : 1;
		digits = true;
	}
	double seconds = (double)number / (double)scale;
	if (!digits || seconds < SETTINGS_INTERVAL_LEAST || seconds > SETTINGS_INTERVAL_MOST)
		return false;
	settings->interval = seconds;
	return true;
}

static void print_interval(struct buffer *out, const struct settings *settings)
{
	unsigned long number = (unsigned long)lround(settings->interval * MILLISECONDS);
	char text[32];

	snprintf(text, sizeof text, "%lu.%03lu", number / MILLISECONDS, number % MILLISECONDS);
	size_t length = strlen(text);
	while (text[length - 1] == '0')
		length--;
	length -= text[length - 1] == '.';
	buffer_add(out, text, length);
}

static bool read_theme(struct settings *settings, struct piece value)
{
	const struct theme *theme = theme_find(value.text, value.length);

	if (theme)
		settings->theme = theme;
	return theme != NULL;
}

static void print_theme(struct buffer *out, const struct settings *settings)
{
	buffer_puts(out, settings->theme->name);
}

struct setting {
	const char *name;
	const char *takes; /* what its value can be */
	bool (*read)(struct settings *settings, struct piece value);
	void (*print)(struct buffer *out, const struct settings *settings);
};

static const struct setting table[] = {
    {"columns", "names of columns with blanks between them", read_columns, print_columns},
    {"sort", "a column that can be sorted by", read_sort, print_sort},
    {"reversed", "yes or no", read_reversed, print_reversed},
    {"interval", "seconds, from 0.1 to 86400", read_interval, print_interval},
    {"theme", "the name of a theme", read_theme, print_theme},
    {"mouse", "yes or no", read_mouse, print_mouse},
};

#define COUNT (sizeof table / sizeof *table)

static const struct setting *find(struct piece name)
{
	for (size_t i = 0; i < COUNT; i++) {
		if (is(name, table[i].name))
			return &table[i];
	}
	return NULL;
}

/* --- the text --- */

/* The next line, without its end, which is taken off the piece. */
static struct piece next_line(struct piece *rest)
{
	const char *end = memchr(rest->text, '\n', rest->length);
	struct piece line = {rest->text, end ? (size_t)(end - rest->text) : rest->length};
	size_t taken = line.length + (end ? 1 : 0);

	*rest = (struct piece){rest->text + taken, rest->length - taken};
	return line;
}

/* What stands at both sides of the sign. False if the line has none. */
static bool divide(struct piece line, struct piece *name, struct piece *value)
{
	const char *sign = memchr(line.text, '=', line.length);

	if (!sign)
		return false;
	size_t at = (size_t)(sign - line.text);
	*name = trim((struct piece){line.text, at});
	*value = trim((struct piece){sign + 1, line.length - at - 1});
	return name->length > 0;
}

/* Returns NULL, or what is wrong with the line. */
static const char *read_line(struct settings *settings, struct piece line, char problem[SETTINGS_PROBLEM_SIZE])
{
	struct piece name, value;

	line = trim(line);
	if (!line.length || line.text[0] == '#')
		return NULL;
	if (!divide(line, &name, &value))
		return "a line is \"name = value\" or begins with #";
	const struct setting *setting = find(name);
	if (!setting || setting->read(settings, value))
		return NULL;
	snprintf(problem, SETTINGS_PROBLEM_SIZE, "%s takes %s", setting->name, setting->takes);
	return problem;
}

const char *settings_read(struct settings *settings, const char *text, size_t length,
                          char problem[SETTINGS_PROBLEM_SIZE])
{
	struct settings read = *settings;
	struct piece rest = {text, length};
	char reason[SETTINGS_PROBLEM_SIZE];

	for (unsigned long number = 1; rest.length; number++) {
		const char *wrong = read_line(&read, next_line(&rest), reason);
		if (wrong) {
			snprintf(problem, SETTINGS_PROBLEM_SIZE, "line %lu: %.200s", number, wrong);
			return problem;
		}
	}
	*settings = read;
	return NULL;
}

static bool differs(const struct setting *setting, const struct settings *left, const struct settings *right)
{
	struct buffer l = {0}, r = {0};

	setting->print(&l, left);
	setting->print(&r, right);
	bool differs = l.length != r.length || (l.length && memcmp(l.text, r.text, l.length) != 0);
	buffer_deinit(&l);
	buffer_deinit(&r);
	return differs;
}

bool settings_equal(const struct settings *left, const struct settings *right)
{
	for (size_t i = 0; i < COUNT; i++) {
		if (differs(&table[i], left, right))
			return false;
	}
	return true;
}

static void print_setting(struct buffer *out, const struct setting *setting, const struct settings *settings)
{
	buffer_puts(out, setting->name);
	buffer_puts(out, " = ");
	setting->print(out, settings);
	buffer_puts(out, "\n");
}

void settings_print(struct buffer *out, const struct settings *now, const struct settings *before, const char *text,
                    size_t length)
{
	struct piece rest = {text, length};
	bool written[COUNT] = {false};

	while (rest.length) {
		struct piece line = next_line(&rest), name, value;
		const struct setting *setting = divide(line, &name, &value) ? find(name) : NULL;

		if (setting && differs(setting, now, before)) {
			written[setting - table] = true;
			print_setting(out, setting, now);
		} else {
			buffer_add(out, line.text, line.length);
			buffer_puts(out, "\n");
		}
	}
	for (size_t i = 0; i < COUNT; i++) {
		if (!written[i] && differs(&table[i], now, before))
			print_setting(out, &table[i], now);
	}
}
