/*
 * The input is what a program prints or a terminal sends, in pieces whose sizes the first bytes say. All that reads
 * sequences reads it, whole and in pieces, and must come to the same; text behind a sequence that has ended is never lost.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "panes/scrollback.h"
#include "program/leave_key.h"
#include "screen/escape.h"
#include "terminal/private_modes.h"
#include "terminal/questions.h"

#define SIZES 4
#define INPUT_MAX 65536

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* What the readers have made of it. */
struct readers {
	struct scrollback scrollback;
	struct private_modes modes;
	struct questions questions;
	struct buffer kept;
	struct buffer answers;
};

static void note(void *context, const char *text)
{
	buffer_puts(context, text);
}

static void feed(struct readers *readers, const char *bytes, size_t length)
{
	static char kept[QUESTIONS_ROOM(INPUT_MAX)];
	const struct questions_answerer answerer = {note, &readers->answers, 80, 24};

	size_t count = questions_take(&readers->questions, bytes, length, kept, &answerer);
	check(count <= QUESTIONS_ROOM(length));
	buffer_add(&readers->kept, kept, count);
	private_modes_feed(&readers->modes, bytes, length);
	scrollback_add(&readers->scrollback, bytes, length);
}

static void feed_pieces(struct readers *readers, const uint8_t *sizes, const char *bytes, size_t length)
{
	for (size_t i = 0, piece; length; i++, bytes += piece, length -= piece) {
		piece = sizes[i % SIZES] % 31u + 1;
		piece = piece < length ? piece : length;
		/* A block of its own, so that a sanitizer sees what reads beyond its end. */
		char *copy = malloc(piece);
		check(copy);
		memcpy(copy, bytes, piece);
		feed(readers, copy, piece);
		free(copy);
	}
}

static bool same(const struct buffer *a, const struct buffer *b)
{
	return a->length == b->length && (!a->length || !memcmp(a->text, b->text, a->length));
}

static void check_same(struct readers *a, struct readers *b)
{
	char one[PRIVATE_MODES_MAX], other[PRIVATE_MODES_MAX];
	size_t count = scrollback_count(&a->scrollback);

	check(same(&a->kept, &b->kept) && same(&a->answers, &b->answers));
	check(count == scrollback_count(&b->scrollback));
	for (size_t i = 0; i < count; i++) {
		struct scrollback_line line = scrollback_line(&a->scrollback, i),
		                       its = scrollback_line(&b->scrollback, i);
		check(line.length == its.length && line.run_count == its.run_count);
		check(!memcmp(line.text, its.text, line.length));
	}
	for (int again = 0; again < 2; again++) {
		a->modes.keys_set = b->modes.keys_set = !again;
		private_modes_put(&a->modes, again, one);
		private_modes_put(&b->modes, again, other);
		check(!strcmp(one, other) && strlen(one) < PRIVATE_MODES_MAX - 1);
	}
}

/* Whatever was before: CAN ends it. */
static void check_text(struct readers *readers)
{
	size_t before = readers->kept.length;

	feed(readers, "\030\ntext\n", 7);
	check(readers->kept.length >= before + 7);
	check(!memcmp(readers->kept.text + readers->kept.length - 7, "\030\ntext\n", 7));
	struct scrollback_line line = scrollback_line(&readers->scrollback, scrollback_count(&readers->scrollback) - 1);
	check(line.length == 4 && !memcmp(line.text, "text", 4));
}

static void type(const char *bytes, size_t length)
{
	struct escape escape = {0};
	struct escape_mouse mouse;
	struct leave_key key = {0};
	char input[256];

	for (size_t i = 0; i < length; i++) {
		if (escape_add(&escape, (unsigned char)bytes[i]))
			continue;
		escape_read_mouse(&escape, &mouse);
		escape = (struct escape){0};
	}
	for (size_t piece; length; bytes += piece, length -= piece) {
		size_t kept, before = leave_key_resume(&key, input);

		piece = length < 100 ? length : 100;
		memcpy(input + before, bytes, piece);
		leave_key_find(&key, input, before + piece, &kept);
		check(kept + key.cut_length <= before + piece);
	}
}

static void close_readers(struct readers *readers)
{
	scrollback_deinit(&readers->scrollback);
	buffer_deinit(&readers->kept);
	buffer_deinit(&readers->answers);
	free(readers);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	if (size <= SIZES || size > INPUT_MAX)
		return 0;
	struct readers *whole = calloc(1, sizeof *whole), *cut = calloc(1, sizeof *cut);
	const char *text = (const char *)bytes + SIZES;
	check(whole && cut);
	feed(whole, text, size - SIZES);
	feed_pieces(cut, bytes, text, size - SIZES);
	check_same(whole, cut);
	check_text(whole);
	check_text(cut);
	type(text, size - SIZES);
	close_readers(whole);
	close_readers(cut);
	return 0;
}
