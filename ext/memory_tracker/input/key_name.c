#include "input/key_name.h"

#include <inttypes.h>
#include <stdio.h>

#include "screen/input_event.h"

void key_name(char out[KEY_NAME_SIZE], uint32_t key, enum text_charset charset)
{
	static const char *const names[] = {"Up",  "Down",      "Left",   "Right", "PgUp", "PgDn", "Home",
	                                    "End", "Backspace", "Delete", "Enter", "Esc",  "Tab",  "S-Tab"};
	static const char *const arrows[] = {"↑", "↓", "←", "→"};

	if (key <= INPUT_KEY_RIGHT && key >= INPUT_KEY_UP && charset == TEXT_UTF8)
		snprintf(out, KEY_NAME_SIZE, "%s", arrows[key - INPUT_KEY_UP]);
	else if (key >= INPUT_KEY_F1 && key <= INPUT_KEY_F12)
		snprintf(out, KEY_NAME_SIZE, "F%" PRIu32, key - INPUT_KEY_F1 + 1);
	else if (key >= INPUT_KEY_UP && key < INPUT_KEY_F1)
		snprintf(out, KEY_NAME_SIZE, "%s", names[key - INPUT_KEY_UP]);
	else if (key == ' ')
		snprintf(out, KEY_NAME_SIZE, "space");
	else if (key < ' ')
		snprintf(out, KEY_NAME_SIZE, "^%c", (char)(key + '@'));
	else
		snprintf(out, KEY_NAME_SIZE, "%c", (char)key);
}

void key_names(char *out, const uint32_t *keys, size_t count, enum text_charset charset)
{
	char name[KEY_NAME_SIZE];

	*out = '\0';
	for (size_t i = 0; i < count && keys[i]; i++) {
		key_name(name, keys[i], charset);
		out += snprintf(out, KEY_NAME_SIZE, i ? " %s" : "%s", name);
	}
}
