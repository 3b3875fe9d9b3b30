#include "terminal/questions.h"

#include <stdio.h>
#include <string.h>

#define ENQUIRY 0x05
#define ANSWER_MAX 32

/* A number of any value. */
#define ANY UINT16_MAX

#define ATTRIBUTES "\033[?1;2c"

/*
 * What a sequence has to be to be a question, the first that fits; where no number is written it is 0. The answer has the
 * place of the cursor in it, or is NULL where silence is one.
 */
static const struct {
	enum vt_event event;
	char marker;
	char intermediate;
	char final;
	uint16_t number;
	const char *answer;
} known[] = {
    /* DSR */
    {VT_CSI, 0, 0, 'n', 6, "\033[%u;%uR"},
    {VT_CSI, 0, 0, 'n', 5, "\033[0n"},
    {VT_CSI, '?', 0, 'n', 6, "\033[?%u;%uR"},
    {VT_CSI, '?', 0, 'n', ANY, NULL},
    /* DA1 to DA3, DECID, XTVERSION, DECREQTPARM */
    {VT_CSI, 0, 0, 'c', 0, ATTRIBUTES},
    {VT_CSI, '>', 0, 'c', 0, "\033[>0;0;0c"},
    {VT_CSI, '=', 0, 'c', 0, NULL},
    {VT_ESCAPE, 0, 0, 'Z', 0, ATTRIBUTES},
    {VT_CSI, '>', 0, 'q', 0, NULL},
    {VT_CSI, 0, 0, 'x', 0, NULL},
    {VT_CSI, 0, 0, 'x', 1, NULL},
    /* Flags for keys; those pushed, popped and changed are no questions. Keys of xterm: XTQMODKEYS, XTQFMTKEYS */
    {VT_CSI, '?', 0, 'u', 0, NULL},
    {VT_CSI, '>', 0, 'u', ANY, NULL},
    {VT_CSI, '<', 0, 'u', ANY, NULL},
    {VT_CSI, '=', 0, 'u', ANY, NULL},
    {VT_CSI, '?', 0, 'm', ANY, NULL},
    {VT_CSI, '?', 0, 'g', ANY, NULL},
    /* The window, graphics */
    {VT_CSI, 0, 0, 't', 11, NULL},
    {VT_CSI, 0, 0, 't', 13, NULL},
    {VT_CSI, 0, 0, 't', 14, NULL},
    {VT_CSI, 0, 0, 't', 15, NULL},
    {VT_CSI, 0, 0, 't', 16, NULL},
    {VT_CSI, 0, 0, 't', 18, NULL},
    {VT_CSI, 0, 0, 't', 19, NULL},
    {VT_CSI, 0, 0, 't', 20, NULL},
    {VT_CSI, 0, 0, 't', 21, NULL},
    {VT_CSI, '?', 0, 'S', ANY, NULL},
    /* DECRQM, DECRQTSR, DECRQPSR, DECRQUPSS, DECRQCRA, DECRQDE, DECRQLP, XTREPORTSGR, XTREPORTCOLORS */
    {VT_CSI, 0, '$', 'p', ANY, NULL},
    {VT_CSI, '?', '$', 'p', ANY, NULL},
    {VT_CSI, 0, '$', 'u', ANY, NULL},
    {VT_CSI, 0, '$', 'w', ANY, NULL},
    {VT_CSI, 0, '&', 'u', ANY, NULL},
    {VT_CSI, 0, '*', 'y', ANY, NULL},
    {VT_CSI, 0, '"', 'v', ANY, NULL},
    {VT_CSI, 0, '\'', '|', ANY, NULL},
    {VT_CSI, 0, '#', '|', ANY, NULL},
    {VT_CSI, 0, '#', 'R', ANY, NULL},
    /* DECRQSS, XTGETTCAP, XTGETXRES */
    {VT_DCS, 0, '$', 'q', ANY, NULL},
    {VT_DCS, 0, '+', 'q', ANY, NULL},
    {VT_DCS, 0, '+', 'Q', ANY, NULL},
};

#define KNOWN (sizeof(known) / sizeof(known[0]))

/* What begins an OSC of text that may be or end in "?": titles, folders, links, messages. */
static const unsigned texts[] = {0, 1, 2, 3, 7, 8, 9, 133, 633, 777, 1337};

/* --- what is a question --- */

static bool fits(size_t which, const struct vt_sequence *sequence)
{
	return vt_is(sequence, known[which].marker, known[which].intermediate, known[which].final) &&
	       (known[which].number == ANY || known[which].number == vt_value(sequence, 0, 0));
}

/* Finals tell most sequences that are no questions from all that are. */
static size_t find_known(enum vt_event event, const struct vt_sequence *sequence)
{
	size_t i = 0;

	while (i < KNOWN && (known[i].final != sequence->final || known[i].event != event || !fits(i, sequence)))
		i++;
	return i;
}

static bool is_text(const char *head, size_t length)
{
	unsigned number = 0;

	for (size_t i = 0; i < length && head[i] >= '0' && head[i] <= '9' && number < ANY; i++)
		number = number * 10 + (unsigned)(head[i] - '0');
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i] == number)
			return true;
	}
	return false;
}

/* What an OSC asks for is "?", one of its fields or the value of one. */
static bool asks(const struct vt_sequence *sequence)
{
	const char *head = sequence->head, *end = head + sequence->head_length, *mark = head;

	if (is_text(head, sequence->head_length))
		return false;
	while ((mark = memchr(mark, '?', (size_t)(end - mark)))) {
		bool begins = mark > head && (mark[-1] == ';' || mark[-1] == '=');

		mark++;
		if (begins && (mark == end || *mark == ';' || *mark == ':'))
			return true;
	}
	return false;
}

/* Of an image's parameters, "a=q" has a terminal say whether it could show that. */
static bool asks_for_images(const struct vt_sequence *sequence)
{
	const char *head = sequence->head, *end = head + sequence->head_length;
	const char *rest = sequence->head_length ? memchr(head, ';', sequence->head_length) : NULL;
	const char *action = memmem(head, (size_t)((rest ? rest : end) - head), "a=q", 3);

	return sequence->final == '_' && sequence->head_length && *head == 'G' && action &&
	       (action[-1] == 'G' || action[-1] == ',');
}

static bool is_question(enum vt_event event, const struct vt_sequence *sequence);

/* "ESC P tmux;" and a sequence for the terminal outside of tmux. */
static bool passes_question(const struct vt_sequence *sequence)
{
	static const char begin[] = "mux;";
	size_t length = sizeof(begin) - 1;

	if (sequence->final != 't' || sequence->head_length < length || memcmp(sequence->head, begin, length) != 0)
		return false;
	struct vt_parser inner = {0};
	for (enum vt_event event; length < sequence->head_length;) {
		length += vt_parser_next(&inner, sequence->head + length, sequence->head_length - length, &event);
		if (is_question(event, &inner.sequence))
			return true;
	}
	return false;
}

static bool is_question(enum vt_event event, const struct vt_sequence *sequence)
{
	if (event == VT_OSC)
		return asks(sequence);
	if (event == VT_TEXT)
		return asks_for_images(sequence);
	return find_known(event, sequence) < KNOWN || (event == VT_DCS && passes_question(sequence));
}

/* --- keeping --- */

/* Ends the holding back: what was held is kept, or dropped. */
static size_t release(struct questions *questions, bool keep, char *kept)
{
	size_t length = keep ? questions->length : 0;

	memcpy(kept, questions->held, length);
	questions->length = 0;
	return length;
}

/* Adds to the sequence. What is longer than a question can be is decided by what has come of it. */
static size_t put(struct questions *questions, const char *bytes, size_t length, char *kept)
{
	size_t count = 0;

	if (questions->fate == QUESTIONS_HOLD && questions->length + length > QUESTIONS_HELD_MAX) {
		bool keep = !is_question(questions->parser.kind, &questions->parser.sequence);

		questions->fate = keep ? QUESTIONS_KEEP : QUESTIONS_DROP;
		count = release(questions, keep, kept);
	}
	if (questions->fate == QUESTIONS_HOLD) {
		memcpy(questions->held + questions->length, bytes, length);
		questions->length += length;
	} else if (questions->fate == QUESTIONS_KEEP) {
		memcpy(kept + count, bytes, length);
		count += length;
	}
	return count;
}

static size_t finish(struct questions *questions, bool question, char *kept)
{
	size_t length = release(questions, !question, kept);

	questions->fate = QUESTIONS_HOLD;
	return length;
}

/* An ESC that was taken last may cut the sequence off and begin another one, so it is put when more has come. */
static size_t put_escape(struct questions *questions, char *kept)
{
	size_t count = questions->escaped ? put(questions, "\033", 1, kept) : 0;

	questions->escaped = false;
	return count;
}

/* A control character acts before the sequence that it is in. */
static size_t keep_control(struct questions *questions, const char *bytes, size_t length, char *kept)
{
	size_t count = put_escape(questions, kept);

	count += put(questions, bytes, length - 1, kept + count);
	if (!vt_parser_in_sequence(&questions->parser))
		count += finish(questions, false, kept + count);
	if (bytes[length - 1] != ENQUIRY)
		kept[count++] = bytes[length - 1];
	return count;
}

/* Bytes of a sequence, or its end. */
static size_t keep_sequence(struct questions *questions, enum vt_event event, const char *bytes, size_t length,
                            char *kept)
{
	bool goes_on = vt_parser_in_sequence(&questions->parser);
	size_t count = 0;

	if (length || !goes_on) {
		bool escaped = goes_on && bytes[length - 1] == VT_ESCAPE_BYTE;

		count += put_escape(questions, kept);
		count += put(questions, bytes, length - escaped, kept + count);
		questions->escaped = escaped;
	}
	if (event != VT_NONE)
		count += finish(questions, is_question(event, &questions->parser.sequence), kept + count);
	return count;
}

static void answer(const struct questions *questions, enum vt_event event, const struct questions_answerer *answerer)
{
	size_t which = answerer->answer ? find_known(event, &questions->parser.sequence) : KNOWN;
	char text[ANSWER_MAX];

	if (which == KNOWN || !known[which].answer)
		return;
	/* The last line is where what is printed line by line ends up. */
	snprintf(text, sizeof(text), known[which].answer, answerer->lines, questions->cursor.column + 1);
	answerer->answer(answerer->context, text);
}

size_t questions_take(struct questions *questions, const char *bytes, size_t length, char *kept,
                      const struct questions_answerer *answerer)
{
	size_t count = 0;

	while (length) {
		enum vt_event event;
		size_t used = vt_parser_next(&questions->parser, bytes, length, &event);

		if (event == VT_PRINT) {
			memcpy(kept + count, bytes, used);
			count += used;
		} else if (event == VT_CONTROL) {
			count += keep_control(questions, bytes, used, kept + count);
		} else {
			count += keep_sequence(questions, event, bytes, used, kept + count);
			answer(questions, event, answerer);
		}
		column_tracker_take(&questions->cursor, event, &questions->parser.sequence, bytes, used,
		                    answerer->columns);
		bytes += used;
		length -= used;
	}
	return count;
}
