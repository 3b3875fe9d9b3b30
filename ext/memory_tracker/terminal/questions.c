#include "terminal/questions.h"

#include <stdio.h>
#include <string.h>

#define ESCAPE '\033'
#define BELL '\007'

/* "ESC [ inside": the question. The answer has the place of the cursor in it, or is NULL where silence is one. */
static const struct {
	const char *inside;
	const char *answer;
} known[] = {
    {"6n", "\033[%u;%uR"},  {"?6n", "\033[?%u;%uR"}, {"5n", "\033[0n"}, {"c", "\033[?1;2c"}, {"0c", "\033[?1;2c"},
    {">c", "\033[>0;0;0c"}, {">0c", "\033[>0;0;0c"}, {">q", NULL},      {">0q", NULL},       {"?u", NULL},
    {"14t", NULL},          {"16t", NULL},           {"18t", NULL},
};

#define KNOWN (sizeof(known) / sizeof(known[0]))

enum kind { UNDECIDED, NO_QUESTION, QUESTION };

static bool is_known(const struct questions *questions, size_t *which)
{
	for (size_t i = 0; i < KNOWN; i++) {
		size_t length = strlen(known[i].inside);

		if (questions->length == length + 2 && memcmp(questions->held + 2, known[i].inside, length) == 0) {
			*which = i;
			return true;
		}
	}
	return false;
}

/* What "ESC [" and more is. One that ends in "$p" asks for a mode. */
static enum kind control_kind(const struct questions *questions, size_t *which)
{
	char last = questions->held[questions->length - 1];

	if (questions->length == 2 || last < 0x40 || last > 0x7e)
		return UNDECIDED;
	if (last == 'p' && questions->held[questions->length - 2] == '$')
		return QUESTION;
	return is_known(questions, which) ? QUESTION : NO_QUESTION;
}

/* What "ESC ]" and more is: a question for a colour ends in "?". */
static enum kind string_kind(const struct questions *questions)
{
	const char *held = questions->held;
	size_t length = questions->length;
	char last = held[length - 1];

	if (last == BELL && length > 2)
		return held[length - 2] == '?' ? QUESTION : NO_QUESTION;
	if (last == '\\' && held[length - 2] == ESCAPE && length > 3)
		return held[length - 3] == '?' ? QUESTION : NO_QUESTION;
	bool may_be = length == 2 || (last >= '0' && last <= '9') || last == ';' || last == '?' || last == ESCAPE;
	return may_be ? UNDECIDED : NO_QUESTION;
}

static enum kind kind_of(const struct questions *questions, size_t *which)
{
	if (questions->length == 1)
		return UNDECIDED;
	if (questions->held[1] == '[')
		return control_kind(questions, which);
	return questions->held[1] == ']' ? string_kind(questions) : NO_QUESTION;
}

static size_t release(struct questions *questions, char *kept)
{
	size_t length = questions->length;

	memcpy(kept, questions->held, length);
	questions->length = 0;
	return length;
}

static void answer(const struct questions *questions, size_t which, const struct questions_answerer *answerer)
{
	char text[QUESTIONS_HELD_MAX];

	if (!answerer->answer || which >= KNOWN || !known[which].answer)
		return;
	/* The last line is where what is printed line by line ends up. */
	snprintf(text, sizeof(text), known[which].answer, answerer->lines, questions->cursor.column + 1);
	answerer->answer(answerer->context, text);
}

size_t questions_take(struct questions *questions, const char *bytes, size_t length, char *kept,
                      const struct questions_answerer *answerer)
{
	size_t count = 0;

	for (size_t i = 0; i < length; i++) {
		size_t which = KNOWN;

		if (questions->length || bytes[i] == ESCAPE) {
			questions->held[questions->length++] = bytes[i];
			enum kind kind = kind_of(questions, &which);
			if (kind == QUESTION) {
				questions->length = 0;
				answer(questions, which, answerer);
			} else if (kind == NO_QUESTION || questions->length == QUESTIONS_HELD_MAX) {
				count += release(questions, kept + count);
			}
		} else {
			kept[count++] = bytes[i];
		}
		column_tracker_take(&questions->cursor, (unsigned char)bytes[i], answerer->columns);
	}
	return count;
}
