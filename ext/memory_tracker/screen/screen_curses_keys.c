#include "screen/screen_curses.h"

#include "base/clock.h"

/* Milliseconds that the rest of an escape sequence may take; a key of its own is answered after that. */
#define ESCAPE_DELAY 25

/* Once it is known to be a sequence it may take this long. */
#define SEQUENCE_TIME (200 * CLOCK_MILLISECOND)

/* What is pasted has ended after such a pause, even where the terminal has not said so. */
#define PASTE_TIME (5000 * CLOCK_MILLISECOND)

/* Two clicks within this time are a double one. */
#define DOUBLE_TIME (400 * CLOCK_MILLISECOND)

#define LEFT_BUTTON 0
#define WHEEL_UP 64
#define WHEEL_DOWN 65

static const struct {
	int curses;
	uint32_t key;
} keys[] = {
    {KEY_UP, INPUT_KEY_UP},       {KEY_DOWN, INPUT_KEY_DOWN},     {KEY_LEFT, INPUT_KEY_LEFT},
    {KEY_RIGHT, INPUT_KEY_RIGHT}, {KEY_PPAGE, INPUT_KEY_PAGE_UP}, {KEY_NPAGE, INPUT_KEY_PAGE_DOWN},
    {KEY_HOME, INPUT_KEY_HOME},   {KEY_END, INPUT_KEY_END},       {KEY_BACKSPACE, INPUT_KEY_BACKSPACE},
    {KEY_DC, INPUT_KEY_DELETE},   {KEY_ENTER, INPUT_KEY_ENTER},   {KEY_BTAB, INPUT_KEY_BACK_TAB},
};

/* 0 for a key that means nothing to the viewer. */
static uint32_t special_key(wint_t code)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if ((wint_t)keys[i].curses == code)
			return keys[i].key;
	}
	for (int n = 1; n <= 12; n++) {
		if (code == (wint_t)KEY_F(n))
			return INPUT_KEY_F1 + (uint32_t)n - 1;
	}
	return 0;
}

bool screen_set_up_keys(struct screen *screen)
{
	set_escdelay(ESCAPE_DELAY);
	screen->keys = newpad(1, 1);
	if (!screen->keys)
		return false;
	keypad(screen->keys, TRUE);
	nodelay(screen->keys, TRUE);
	intrflush(screen->keys, FALSE);
	/* What the mouse does is read here, because versions of ncurses differ in what they understand of it. */
	const char *mouse = tigetstr((char *)"kmous");
	screen->has_mouse = mouse && mouse != (char *)-1;
	keyok(KEY_MOUSE, FALSE);
	if (screen_tells_of_paste()) {
		fputs(ESCAPE_PASTE_ON, screen->output);
		fflush(screen->output);
	}
	return true;
}

/* A click is a double one when it is the second at the same place soon after the first. */
static uint32_t click(struct screen *screen, const struct escape_mouse *mouse)
{
	uint64_t time = clock_now();
	bool same = mouse->column == screen->click_column && mouse->line == screen->click_line;
	bool twice = same && screen->clicked_at && time - screen->clicked_at < DOUBLE_TIME;

	screen->clicked_at = twice ? 0 : time;
	screen->click_column = mouse->column;
	screen->click_line = mouse->line;
	return twice ? INPUT_MOUSE_DOUBLE : INPUT_MOUSE_CLICK;
}

/* What an escape sequence that has ended stands for; 0 for nothing. */
static uint32_t sequence(struct screen *screen, struct input_event *input)
{
	struct escape_mouse mouse;

	if (escape_begins_paste(&screen->escape)) {
		screen->pasting = true;
		screen->pasted_at = clock_now();
	} else if (escape_ends_paste(&screen->escape)) {
		screen->pasting = false;
	}
	if (screen->pasting)
		return 0;
	if (screen->escape.event == VT_CSI && vt_control_key(&screen->escape.parser.sequence))
		return vt_control_key(&screen->escape.parser.sequence);
	if (!escape_read_mouse(&screen->escape, &mouse) || !mouse.pressed)
		return 0;
	input->column = mouse.column;
	input->line = mouse.line;
	switch (mouse.button) {
	case LEFT_BUTTON:
		return click(screen, &mouse);
	case WHEEL_UP:
		return INPUT_MOUSE_UP;
	case WHEEL_DOWN:
		return INPUT_MOUSE_DOWN;
	default:
		return 0;
	}
}

static uint32_t character(wint_t code)
{
	switch (code) {
	case '\r':
	case '\n':
		return INPUT_KEY_ENTER;
	case '\t':
		return INPUT_KEY_TAB;
	case 8:
	case 127:
		return INPUT_KEY_BACKSPACE;
	default:
		return (uint32_t)code;
	}
}

static void begin_escape(struct screen *screen)
{
	screen->escape = (struct escape){0};
	screen->escaped = true;
	screen->escaped_at = clock_now();
}

/* A character, or a part of an escape sequence; 0 for one that is nothing yet. */
static uint32_t take_character(struct screen *screen, wint_t code, struct input_event *input)
{
	if (screen->escaped && screen->escape.length && !screen->pasting &&
	    clock_now() - screen->escaped_at > SEQUENCE_TIME)
		screen->escaped = false;
	if (code == 27) {
		begin_escape(screen);
		return 0;
	}
	if (screen->escaped) {
		screen->escaped = escape_add(&screen->escape, code);
		return screen->escaped ? 0 : sequence(screen, input);
	}
	input->pasted = screen->pasting;
	return input->pasted ? (uint32_t)code : character(code);
}

/* What is pasted has characters, and else only sequences of which none is a key. */
static bool is_pasting(struct screen *screen)
{
	if (screen->pasting && clock_now() - screen->pasted_at > PASTE_TIME)
		screen->pasting = false;
	if (screen->pasting)
		screen->pasted_at = clock_now();
	return screen->pasting;
}

bool screen_key(struct screen *screen, struct input_event *input)
{
	wint_t code;
	int kind;

	while (!screen_lost(screen) && (kind = wget_wch(screen->keys, &code)) != ERR) {
		bool pasting = is_pasting(screen);

		*input = (struct input_event){0};
		if (kind == KEY_CODE_YES) {
			screen->escaped = false;
			input->key = pasting ? 0 : special_key(code);
		} else {
			input->key = take_character(screen, code, input);
		}
		if (input->key)
			return true;
	}
	/* Nothing follows at once: it was the key. */
	if (!screen->escaped || screen->escape.length || screen->pasting)
		return false;
	screen->escaped = false;
	*input = (struct input_event){.key = INPUT_KEY_ESCAPE};
	return true;
}
