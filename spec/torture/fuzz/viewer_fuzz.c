/* The input decides what happens to a viewer: which keys are pressed, how the screen changes, what comes in. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "random_viewer.h"

/* More than this is only slow. */
#define STEPS_MAX 300

struct input {
	const uint8_t *bytes;
	size_t left;
};

/* Small numbers take one byte, so that the fuzzer finds its way; at the end of the input all are 0. */
static uint64_t draw(void *source)
{
	struct input *input = source;
	uint64_t number = 0;
	size_t size;

	if (!input->left)
		return 0;
	size = *input->bytes == 0xff ? 9 : 1;
	size = size < input->left ? size : input->left;
	memcpy(&number, input->bytes + (size > 1), size - (size > 1));
	input->bytes += size;
	input->left -= size;
	return number;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct input input = {bytes, size};
	struct random_viewer *run = calloc(1, sizeof *run);

	run->draw = draw;
	run->source = &input;
	assert_true(random_viewer_open(run, draw(&input) % 2 ? TEXT_ASCII : TEXT_UTF8));
	for (unsigned step = 0; step < STEPS_MAX && input.left; step++) {
		random_viewer_step(run);
		random_viewer_check(run);
	}
	random_viewer_close(run);
	free(run);
	return 0;
}
