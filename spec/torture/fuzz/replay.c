/* Gives a fuzz target the files that are named, where there is no fuzzer. */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

#define INPUT_MAX (1 << 20)

static void replay(const char *path)
{
	static uint8_t bytes[INPUT_MAX];
	FILE *file = fopen(path, "rb");

	if (!file) {
		perror(path);
		exit(1);
	}
	size_t size = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	/* A block of its own, so that a sanitizer sees what reads beyond its end. */
	uint8_t *input = malloc(size ? size : 1);
	for (size_t i = 0; input && i < size; i++)
		input[i] = bytes[i];
	LLVMFuzzerTestOneInput(input, size);
	free(input);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	printf("%d inputs replayed\n", argc - 1);
	return 0;
}
