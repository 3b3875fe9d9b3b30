/*
 * The table of commands on the screen: each key of each row is pressed where it applies and does what its row says;
 * a key that is in no row that applies does nothing; and what the footer names does something.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "screen_text.h"
#include "shop_viewer.h"
#include "test_folder.h"
#include "input/command.h"
#include "panes/process_view.h"
#include "base/utf8.h"
#include "app/viewer_state.h"

#define COLUMNS 140
#define LINES 30

/* Keys that are no characters, in the text of keys that lead somewhere; these characters have no other use here. */
#define UP "\xee\x80\x80"
#define DOWN "\xee\x80\x81"
#define RIGHT "\xee\x80\x83"
#define ESCAPE "\033"
#define PRIVATE_USE 0xe000

#define CONTROL(letter) ((letter) - 'A' + 1)
#define F(number) (INPUT_KEY_F1 + (number)-1)

/* What happens to the shop before keys are pressed. */
enum event { NOTHING, PRINTS = 1, ENDS = 2, PRINTS_AND_ENDS = 3, REPLAYS = 4, FORKS = 8, ATTACHED = 16 };

/* In a state that keys lead to, each of these keys does the same. */
struct effect {
	const char *way;
	uint32_t keys[COMMAND_KEYS];
	const char *shown; /* on the screen afterwards, and not before; NULL: the screen is another */
	const char *gone;  /* the other way round */
	enum viewer_request request;
	enum event event;
};

static const struct effect effects[] = {
    {"", {'j', INPUT_KEY_DOWN}, .shown = " 2 of 9"},
    {"j", {'k', INPUT_KEY_UP}, .shown = " 1 of 9"},
    {"", {INPUT_KEY_PAGE_DOWN, INPUT_KEY_END}, .shown = " 9 of 9"},
    {"jjj", {INPUT_KEY_PAGE_UP, INPUT_KEY_HOME}, .shown = " 1 of 9"},
    {"/s", {INPUT_KEY_DOWN, INPUT_KEY_PAGE_DOWN, INPUT_KEY_END}, .gone = " 1 of "},
    {"/s" DOWN, {INPUT_KEY_UP, INPUT_KEY_PAGE_UP, INPUT_KEY_HOME}, .shown = " 1 of "},
    {"l", {INPUT_KEY_UP, 'k'}, .shown = "line 27\n", .gone = "line 39\n", .event = PRINTS},
    {"l", {INPUT_KEY_PAGE_UP}, .shown = "line 17\n", .event = PRINTS},
    {"l", {INPUT_KEY_HOME}, .shown = "line 1\n", .event = PRINTS},
    {"lkk", {INPUT_KEY_DOWN, 'j', INPUT_KEY_PAGE_DOWN, INPUT_KEY_END}, .shown = "line 38\n", .event = PRINTS},
    {"", {INPUT_KEY_RIGHT, INPUT_KEY_ENTER, '+', 'e'}, .shown = "▸  100 %  Shop::SessionStore#write"},
    {RIGHT, {INPUT_KEY_LEFT, '-'}, .shown = "▸ Hash", .gone = "▾ Hash"},
    {"", {'*'}, .shown = "▾  100 %  Shop::SessionStore#write"},
    {"", {'i'}, .shown = "begin with the outermost caller"},
    {RIGHT "j", {'v'}, .shown = "the file is not there"},
    {"", {'t'}, .shown = "── trend ── Hash ──"},
    {"", {'/', F(4)}, .shown = "filter: "},
    {"/shop", {INPUT_KEY_ENTER}, .gone = "filter: shop"},
    {"\\shop\r", {'n', F(3)}, .shown = " 4 of 9"},
    {"\\shop\rn", {'N'}, .shown = " 2 of 9"},
    {"", {'n', 'N', F(3)}, .shown = "search: "},
    {"", {'\\'}, .shown = "search: "},
    {"\\shop", {INPUT_KEY_DOWN, F(3)}, .shown = " 4 of 9"},
    {"\\shop" DOWN, {INPUT_KEY_UP}, .shown = " 2 of 9"},
    {"\\shop", {INPUT_KEY_ENTER}, .gone = "search: shop"},
    {"s", {INPUT_KEY_RIGHT, '>', INPUT_KEY_TAB}, .shown = "LIVE▾"},
    {"s", {INPUT_KEY_LEFT, '<', INPUT_KEY_BACK_TAB}, .shown = "RETAINED▾"},
    {"s>", {INPUT_KEY_ENTER}, .gone = "sort by: "},
    {"s", {'I'}, .shown = "GROWTH/s▴"},
    {"C", {' '}, .shown = "[ ] RETAINED", .gone = "[x] RETAINED"},
    {"?", {INPUT_KEY_ESCAPE, 'q', INPUT_KEY_ENTER, '?', 'h', F(1)}, .gone = "select the line above or below"},
    {"s>", {INPUT_KEY_ESCAPE}, .shown = "GROWTH/s▾", .gone = "sort by: "},
    {"C ", {INPUT_KEY_ESCAPE}, .shown = "\n   RETAINED", .gone = "columns: "},
    {"/shop", {INPUT_KEY_ESCAPE}, .shown = "String", .gone = "filter: "},
    {"/shop\r", {INPUT_KEY_ESCAPE}, .shown = "String", .gone = "clear the filter"},
    {"\\shop", {INPUT_KEY_ESCAPE}, .shown = " 1 of 9", .gone = "search: "},
    {"\\shop\r", {INPUT_KEY_ESCAPE}, .gone = "clear the search"},
    {"t", {INPUT_KEY_ESCAPE, 't'}, .gone = "── trend ──"},
    {"v", {INPUT_KEY_ESCAPE, 'v'}, .gone = "── source ──"},
    {"l", {INPUT_KEY_ESCAPE, 'l'}, .gone = "── output ──"},
    {"w", {INPUT_KEY_ESCAPE}, .gone = "write to: "},
    {"l/line", {INPUT_KEY_ESCAPE}, .gone = "search: ", .event = PRINTS},
    {"l/line\r", {INPUT_KEY_ESCAPE}, .gone = " found ──", .event = PRINTS},
    {"", {'<'}, .shown = "RETAINED▾"},
    {"", {'>'}, .shown = "LIVE▾"},
    {"", {'1'}, .shown = "RETAINED▾"},
    {"1", {'2'}, .shown = "GROWTH/s▾"},
    {"", {'3'}, .shown = "LIVE▾"},
    {"", {'4'}, .shown = "ALLOC/s▾"},
    {"", {'5'}, .shown = "CLASS▾"},
    {"", {'6', '9'}, .shown = "there is no mark to compare with"},
    {"b", {'6'}, .shown = "Δ 0 s▾"},
    {"", {'7'}, .shown = "OVER 10 s▾"},
    {"", {'8'}, .shown = "OVER 60 s▾"},
    {"", {'s', F(6)}, .shown = "sort by: "},
    {"", {'I'}, .shown = "GROWTH/s▴"},
    {"", {'o'}, .shown = "frozen"},
    {"", {'F'}, .shown = "following"},
    {"", {'C'}, .shown = "columns: "},
    {"", {'a'}, .shown = "(internal T_DATA)"},
    {"", {'g'}, .shown = "GC: asked for", .request = VIEWER_GC},
    {"", {'b'}, .shown = "marked 10:41:"},
    {"pbpb", {'m'}, .shown = "compared with the mark of 10:41:"},
    {"b", {'B'}, .shown = "is cleared"},
    {"b", {'d'}, .shown = "Δ RETAINED"},
    {"", {'p', ' '}, .shown = " paused "},
    {"", {'['}, .shown = "every 0.5 s", .request = VIEWER_INTERVAL},
    {"", {']'}, .shown = "every 2.0 s", .request = VIEWER_INTERVAL},
    {"", {'l'}, .shown = "── output ──"},
    {"", {'w'}, .shown = "write to: memory-tracker-4711-"},
    {"w", {INPUT_KEY_TAB}, .shown = ".json   ", .gone = ".txt   "},
    {"w", {INPUT_KEY_ENTER}, .shown = "\n written to ", .gone = "write to: "},
    {"", {'T'}, .shown = "the theme is light"},
    {"l", {'/', F(4)}, .shown = "search: ", .event = PRINTS},
    {"l/line\r", {'n', F(3)}, .event = PRINTS},
    {"l/line\r", {'N'}, .shown = "no newer line has this", .event = PRINTS},
    {"l/line" UP, {INPUT_KEY_DOWN}, .event = PRINTS},
    {"l/none", {INPUT_KEY_UP}, .shown = "no older line has this", .event = PRINTS},
    {"l/line", {INPUT_KEY_ENTER}, .gone = "search: ", .event = PRINTS},
    {"?", {INPUT_KEY_DOWN, 'j', INPUT_KEY_PAGE_DOWN, INPUT_KEY_END, ' '}, .gone = "Keys\n"},
    {"?j", {INPUT_KEY_UP, 'k', INPUT_KEY_PAGE_UP, INPUT_KEY_HOME}, .shown = "Keys\n"},
    {"", {'M'}, .shown = "the mouse is the terminal's"},
    {"", {CONTROL('L')}, .request = VIEWER_REDRAW},
    {"", {CONTROL('Z')}, .request = VIEWER_SUSPEND},
    {"", {'?', 'h', F(1)}, .shown = "select the line above or below"},
    {"", {'q'}, .request = VIEWER_LEAVE},
    {"", {'c'}, .request = VIEWER_CONSOLE, .event = FORKS},
    {"P", {INPUT_KEY_TAB}, .request = VIEWER_NEXT, .event = FORKS},
    {"P", {INPUT_KEY_BACK_TAB}, .request = VIEWER_PREVIOUS, .event = FORKS},
    {"", {'P', INPUT_KEY_TAB, INPUT_KEY_BACK_TAB}, .shown = "puma: cluster worker 1", .event = FORKS},
    {"P", {'P', INPUT_KEY_ESCAPE}, .gone = "puma: cluster worker 1", .event = FORKS},
    {"", {'p', ' '}, .request = VIEWER_REPLAY_PAUSE, .event = REPLAYS},
    {"", {'['}, .request = VIEWER_REPLAY_SLOWER, .event = REPLAYS},
    {"", {']'}, .request = VIEWER_REPLAY_FASTER, .event = REPLAYS},
    {"", {','}, .request = VIEWER_REPLAY_BACK, .event = REPLAYS},
    {"", {'.'}, .request = VIEWER_REPLAY_STEP, .event = REPLAYS},
    {"", {'{'}, .request = VIEWER_REPLAY_REWIND, .event = REPLAYS},
    {"", {'}'}, .request = VIEWER_REPLAY_FORWARD, .event = REPLAYS},
    {"", {'Q'}, .shown = "\n end the program? y/n"},
    {"?", {'Q'}, .shown = "\n end the program? y/n"},
    {"Q", {'y', 'Y'}, .gone = "end the program?", .request = VIEWER_QUIT},
    {"", {'Q'}, .request = VIEWER_LEAVE, .event = ENDS},
    {"Q", {'y', 'Y'}, .gone = "end the program?", .request = VIEWER_LEAVE, .event = ENDS},
    {"", {'g'}, .shown = "\n run a full GC in the program? y/n", .event = ATTACHED},
    {"g", {'y', 'Y'}, .shown = "GC: asked for", .request = VIEWER_GC, .event = ATTACHED},
};

#define EFFECTS (sizeof effects / sizeof *effects)

static void print_lines(struct shop_viewer *shop)
{
	char line[32];

	for (unsigned i = 1; i < 40; i++) {
		int length = snprintf(line, sizeof line, "line %u\n", i);
		viewer_output(shop->viewer, line, (size_t)length);
	}
}

/* It has several processes, and a console. */
static void fork_workers(struct shop_viewer *shop)
{
	static const struct process_summary processes[] = {
	    {.pid = 4711, .command = "puma: cluster worker 0", .shown = true, .known = true},
	    {.pid = 4712, .command = "puma: cluster worker 1", .known = true},
	};

	viewer_processes(shop->viewer, processes, sizeof processes / sizeof *processes);
	shop->viewer->console = true;
}

/* A shop that keys have led somewhere; a second goes by after each pause, so that two marks are two moments. */
static void open_at(struct shop_viewer *shop, const char *way, enum event event)
{
	shop_open_with_paths(shop, COLUMNS, LINES, TEXT_UTF8);
	if (event & PRINTS)
		print_lines(shop);
	if (event & FORKS)
		fork_workers(shop);
	shop->viewer->replay = event & REPLAYS;
	shop->viewer->attached = event & ATTACHED;
	shop_screen(shop);
	for (size_t left = strlen(way); left;) {
		uint32_t key;
		size_t size = utf8_read(way, left, &key);
		bool special = key >= PRIVATE_USE && key < PRIVATE_USE + INPUT_KEY_F12 - INPUT_KEY_UP;

		viewer_press(shop->viewer, special ? INPUT_KEY_UP + key - PRIVATE_USE : key);
		if (key == 'p')
			shop_second(shop, true);
		shop_screen(shop);
		way += size;
		left -= size;
	}
	if (event & ENDS)
		viewer_ended(shop->viewer, "ended with status 0 after 5:44");
	shop_screen(shop);
}

/* The screen, and what its cells mean. */
static char *screen_of(struct shop_viewer *shop)
{
	struct buffer text = {0};

	buffer_puts(&text, shop_screen(shop));
	for (unsigned line = 0; line < shop->grid.lines; line++)
		screen_styles(&text, &shop->grid, line);
	buffer_add(&text, "", 1);
	return text.text;
}

static bool is_as_before(struct shop_viewer *shop, const char *before)
{
	char *now = screen_of(shop);
	bool same = !strcmp(now, before);

	free(now);
	return same;
}

/* Which keys of which rows have been pressed. */
static bool pressed[128][COMMAND_KEYS];

static void note_pressed(const struct viewer *viewer, uint32_t key)
{
	const struct command *command = command_find(viewer, key);

	if (!command)
		fail_msg("no row has the key %x here", key);
	for (size_t i = 0; i < COMMAND_KEYS; i++)
		pressed[command - command_table][i] |= command->keys[i] == key;
}

static void assert_new(const char *text, const char *with, const char *without, const struct effect *effect,
                       uint32_t key)
{
	if (text && (!strstr(with, text) || strstr(without, text))) {
		fputs(with, stderr);
		fputs(without, stderr);
		fail_msg("after \"%s\" the key %x does not bring or take \"%s\"", effect->way, key, text);
	}
}

static void check_key(const struct effect *effect, uint32_t key)
{
	struct shop_viewer shop;

	open_at(&shop, effect->way, effect->event);
	char *before = screen_of(&shop);
	note_pressed(shop.viewer, key);
	assert_int_equal(viewer_press(shop.viewer, key), effect->request);
	char *after = screen_of(&shop);
	assert_new(effect->shown, after, before, effect, key);
	assert_new(effect->gone, before, after, effect, key);
	if (!effect->request && !strcmp(before, after))
		fail_msg("after \"%s\" the key %x changes nothing:\n%s", effect->way, key, before);
	free(before);
	free(after);
	shop_close(&shop);
}

static void test_each_key_of_each_row(void **state)
{
	assert_true(command_count <= sizeof pressed / sizeof *pressed);
	for (size_t i = 0; i < EFFECTS; i++) {
		for (size_t k = 0; k < COMMAND_KEYS && effects[i].keys[k]; k++)
			check_key(&effects[i], effects[i].keys[k]);
	}
	for (size_t i = 0; i < command_count; i++) {
		for (size_t k = 0; k < COMMAND_KEYS && command_table[i].keys[k]; k++) {
			if (!pressed[i][k])
				fail_msg("key %zu of \"%s\" was not pressed", k, command_table[i].name);
		}
	}
}

/* Where keys can lead. */
struct place {
	const char *way;
	enum event event;
};

static const struct place places[] = {
    {"", NOTHING},
    {"", ENDS},
    {"j", NOTHING},
    {RIGHT, NOTHING},
    {RIGHT "j", NOTHING},
    {RIGHT "jv", NOTHING},
    {RIGHT "jv", ENDS},
    {"v", NOTHING},
    {"t", NOTHING},
    {"t", ENDS},
    {"/s", NOTHING},
    {"/shop\r", NOTHING},
    {"/größe\r", NOTHING},
    {"/nothing", NOTHING},
    {"/nothing\r", NOTHING},
    {"\\shop", NOTHING},
    {"\\shop\r", NOTHING},
    {"\\shop\r", ENDS},
    {"s", NOTHING},
    {"C", NOTHING},
    {"w", NOTHING},
    {"?", NOTHING},
    {"b", NOTHING},
    {"pbpb", NOTHING},
    {"pbpbd", NOTHING},
    {"b", ENDS},
    {"p", NOTHING},
    {"p", ENDS},
    {"o", NOTHING},
    {"F", NOTHING},
    {"l", NOTHING},
    {"l", PRINTS},
    {"l", PRINTS_AND_ENDS},
    {"l/", PRINTS},
    {"l/line", PRINTS},
    {"l/line\r", PRINTS},
    {"l/line\r?", PRINTS},
    {"", FORKS},
    {"P", FORKS},
    {"", REPLAYS},
    {"b", REPLAYS},
    {"Q", NOTHING},
    {"lQ", PRINTS},
    {"?Q", NOTHING},
    {"g", ATTACHED},
};

#define PLACES (sizeof places / sizeof *places)

/* One that is in no row, to have done with what a sentence says until the next key. */
static void press_nothing(struct shop_viewer *shop)
{
	viewer_press(shop->viewer, CONTROL('E'));
	shop_screen(shop);
}

static bool changes_something(const struct place *place, uint32_t key)
{
	struct shop_viewer shop;

	open_at(&shop, place->way, place->event);
	press_nothing(&shop);
	char *before = screen_of(&shop);
	bool changes = viewer_press(shop.viewer, key) != VIEWER_NOTHING || !is_as_before(&shop, before);
	free(before);
	shop_close(&shop);
	return changes;
}

static bool is_named(const struct viewer *viewer, const struct command *command)
{
	char name[COMMAND_NAME_SIZE];

	if (!command->footer_keys || !command_applies(command, viewer))
		return false;
	snprintf(name, sizeof name, "%s", command->name);
	if (command->name_now)
		command->name_now(viewer, name);
	return name[0] != '\0';
}

static void test_what_the_footer_names_does_something(void **state)
{
	struct shop_viewer shop;

	for (size_t i = 0; i < PLACES; i++) {
		open_at(&shop, places[i].way, places[i].event);
		press_nothing(&shop);
		for (const struct command *command = command_table; command < command_table + command_count;
		     command++) {
			bool does = !is_named(shop.viewer, command);

			for (unsigned k = 0; k < command->footer_keys && !does; k++)
				does = changes_something(&places[i], command->keys[k]);
			if (!does)
				fail_msg("\"%s\" does nothing after \"%s\":\n%s", command->name, places[i].way,
				         shop_screen(&shop));
		}
		shop_close(&shop);
	}
}

/* Whether a key is in no row that applies, is not typed, and has no name besides its character. */
static bool is_nothing(const struct viewer *viewer, uint32_t key)
{
	const unsigned edit_input = MODE_FILTER | MODE_FIND | MODE_NAME | MODE_OUTPUT_SEARCH;
	bool line_edit = (key >= ' ' && key <= '~') || key == CONTROL('U') || key == INPUT_KEY_BACKSPACE;
	bool named = key < ' ' && strchr("\b\t\n\r\033", (int)key);

	/* Any key that is in no row answers a question with no. */
	return viewer->mode != MODE_QUESTION && !named && !(line_edit && viewer->mode & edit_input) &&
	       !command_find(viewer, key);
}

static void test_keys_of_no_row_do_nothing(void **state)
{
	struct shop_viewer shop;

	for (size_t i = 0; i < PLACES; i++) {
		open_at(&shop, places[i].way, places[i].event);
		press_nothing(&shop);
		char *before = screen_of(&shop);
		for (uint32_t key = 1; key <= INPUT_KEY_F12; key = key == '~' ? INPUT_KEY_UP : key + 1) {
			if (!is_nothing(shop.viewer, key))
				continue;
			assert_int_equal(viewer_press(shop.viewer, key), VIEWER_NOTHING);
			if (!is_as_before(&shop, before))
				fail_msg("the key %x does something after \"%s\":\n%s", key, places[i].way,
				         shop.text.text);
		}
		free(before);
		shop_close(&shop);
	}
}

/* From everywhere Esc leads back to the table as it was, in at most as many steps as there are things to close. */
static void test_escape_leads_back_from_everywhere(void **state)
{
	struct shop_viewer shop;

	for (size_t i = 0; i < PLACES; i++) {
		open_at(&shop, places[i].way, places[i].event);
		for (unsigned step = 0; step < 3; step++)
			viewer_press(shop.viewer, INPUT_KEY_ESCAPE);
		const struct viewer *viewer = shop.viewer;
		if (viewer->mode != MODE_TABLE || viewer->panes.open || viewer->table.filter.length ||
		    viewer->table.search.length)
			fail_msg("Esc does not lead back after \"%s\":\n%s", places[i].way, shop_screen(&shop));
		shop_close(&shop);
	}
}

/* Any key but y answers no, and does nothing else; so does the mouse. */
static void test_any_other_key_answers_no(void **state)
{
	static const struct place questions[] = {{"Q", NOTHING}, {"lQ", PRINTS}, {"?Q", NOTHING}, {"g", ATTACHED}};
	struct shop_viewer shop;

	for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
		size_t way = strlen(questions[i].way) - 1;
		char before_it[8];

		snprintf(before_it, sizeof before_it, "%.*s", (int)way, questions[i].way);
		open_at(&shop, before_it, questions[i].event);
		char *before = screen_of(&shop);
		for (uint32_t key = 1; key <= INPUT_MOUSE_DOWN; key = key == '~' ? INPUT_KEY_UP : key + 1) {
			if (key == 'y' || key == 'Y')
				continue;
			viewer_press(shop.viewer, (uint32_t)questions[i].way[way]);
			assert_int_equal(shop.viewer->mode, MODE_QUESTION);
			const struct input_event input = {.key = key, .column = 5, .line = 6};
			assert_int_equal(viewer_take(shop.viewer, &input), VIEWER_NOTHING);
			if (!is_as_before(&shop, before))
				fail_msg("the key %x does something besides no:\n%s", key, shop.text.text);
		}
		free(before);
		shop_close(&shop);
	}
}

static int enter_folder(void **state)
{
	test_folder_enter();
	return 0;
}

static int leave_folder(void **state)
{
	test_folder_leave();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_each_key_of_each_row, enter_folder, leave_folder),
	    cmocka_unit_test_setup_teardown(test_what_the_footer_names_does_something, enter_folder, leave_folder),
	    cmocka_unit_test(test_keys_of_no_row_do_nothing),
	    cmocka_unit_test(test_any_other_key_answers_no),
	    cmocka_unit_test(test_escape_leads_back_from_everywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
