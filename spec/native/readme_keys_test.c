/*
 * The README's table of keys against the table that it comes from. SCREENS=write writes it anew.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test_folder.h"
#include "base/buffer.h"
#include "input/command.h"
#include "input/key_name.h"

#define README "README.md"

static const char head[] = "| key | does |\n|---|---|\n";

static void put_keys(struct buffer *out, const struct command *command)
{
	if (command->keys_text) {
		buffer_puts(out, command->keys_text);
		return;
	}
	for (size_t i = 0; i < COMMAND_KEYS && command->keys[i]; i++) {
		char name[KEY_NAME_SIZE];

		key_name(name, command->keys[i], TEXT_UTF8);
		buffer_puts(out, i ? " `" : "`");
		buffer_puts(out, name);
		buffer_puts(out, "`");
	}
}

static void put_table(struct buffer *out)
{
	buffer_puts(out, head);
	for (size_t i = 0; i < command_count; i++) {
		if (!command_table[i].help)
			continue;
		buffer_puts(out, "| ");
		put_keys(out, &command_table[i]);
		buffer_puts(out, " | ");
		buffer_puts(out, command_table[i].help);
		buffer_puts(out, " |\n");
	}
	buffer_puts(out, "\n");
}

static void test_the_readme_has_the_keys(void **state)
{
	char *readme = test_folder_read(README), *table = strstr(readme, head);
	const char *wish = getenv("SCREENS");
	struct buffer expected = {0};

	assert_non_null(table);
	char *rest = strstr(table, "\n\n") + 2;
	buffer_add(&expected, readme, (size_t)(table - readme));
	put_table(&expected);
	buffer_puts(&expected, rest);
	buffer_add(&expected, "", 1);
	if (wish && !strcmp(wish, "write"))
		test_folder_write(README, expected.text);
	else if (strcmp(expected.text, readme) != 0)
		fail_msg("the keys in %s are others; SCREENS=write rake native:readme_keys_test mends that", README);
	buffer_deinit(&expected);
	free(readme);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_the_readme_has_the_keys)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
