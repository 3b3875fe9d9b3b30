#include "screen/escape.h"

/* Behind "[M" there are three characters: the button, the column and the line. */
#define OLD_REPORT_LENGTH 5
#define OLD_REPORT_OFFSET 32

/* Of the button: bits for Shift, Alt and Ctrl, and what it is when one is let go. */
#define MODIFIERS 28u
#define OLD_RELEASE 3u

/* No screen has more cells than that. */
#define PLACE_MAX 65535u

static bool is_old_report(const struct escape *escape)
{
	return escape->length >= 2 && escape->text[0] == '[' && escape->text[1] == 'M';
}

bool escape_add(struct escape *escape, uint32_t character)
{
	if (escape->length == ESCAPE_LENGTH)
		return false;
	escape->text[escape->length++] = character;
	if (escape->length == 1)
		return character == '[' || character == 'O';
	if (is_old_report(escape))
		return escape->length < OLD_REPORT_LENGTH;
	/* A control character, a wide one and the last letter end it. */
	return escape->text[0] == '[' && character >= ' ' && character < 0x40;
}

static bool read_old(const struct escape *escape, struct escape_mouse *mouse)
{
	const uint32_t *text = escape->text + 2;

	if (escape->length != OLD_REPORT_LENGTH)
		return false;
	if (text[0] < OLD_REPORT_OFFSET || text[1] <= OLD_REPORT_OFFSET || text[2] <= OLD_REPORT_OFFSET)
		return false;
	mouse->button = (text[0] - OLD_REPORT_OFFSET) & ~MODIFIERS;
	mouse->pressed = mouse->button != OLD_RELEASE;
	mouse->column = text[1] - OLD_REPORT_OFFSET - 1;
	mouse->line = text[2] - OLD_REPORT_OFFSET - 1;
	return true;
}

/* "[<BUTTON;COLUMN;LINE" and then M, or m when it was let go. */
bool escape_read_mouse(const struct escape *escape, struct escape_mouse *mouse)
{
	unsigned numbers[3] = {0}, count = 0;

	if (is_old_report(escape))
		return read_old(escape, mouse);
	if (escape->length < 3 || escape->text[0] != '[' || escape->text[1] != '<')
		return false;
	uint32_t last = escape->text[escape->length - 1];
	for (unsigned i = 2; i < escape->length - 1; i++) {
		uint32_t character = escape->text[i];

		if (character == ';' && count < 2)
			count++;
		else if (character < '0' || character > '9' || numbers[count] > PLACE_MAX)
			return false;
		else
			numbers[count] = numbers[count] * 10 + character - '0';
	}
	if (count != 2 || !numbers[1] || !numbers[2] || (last != 'M' && last != 'm'))
		return false;
	*mouse = (struct escape_mouse){numbers[0] & ~MODIFIERS, last == 'M', numbers[1] - 1, numbers[2] - 1};
	return true;
}
