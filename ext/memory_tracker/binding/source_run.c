#include "binding/source_run.h"

#include <ruby.h>
#include <string.h>

#include "binding/errors.h"
#include "binding/in_front.h"
#include "binding/table_options.h"
#include "source/table_run.h"
#include "binding/nogvl_call.h"
#include "binding/view_options.h"
#include "table/column.h"

static VALUE option(VALUE options, const char *name)
{
	return rb_hash_lookup2(options, ID2SYM(rb_intern(name)), Qnil);
}

static const char *text(VALUE string)
{
	return NIL_P(string) ? NULL : StringValueCStr(string);
}

/* --- the viewer --- */

/* Some Rubies do not wake a thread for a signal when there are others that could see to it. */
static bool interrupted(void *context)
{
	return rb_thread_interrupted(*(const VALUE *)context);
}

static struct display *open_display(VALUE *thread, const struct snapshot_source *source, VALUE options)
{
	VALUE sort = option(options, "sort"), command = option(options, "command");
	char problem[SESSION_PROBLEM_MAX];
	struct display_options display = {
	    .viewer = view_options_parse(options),
	    .gc_ns = (uint64_t)(view_options_seconds(options, "gc") * 1e9),
	    .session = {.interrupt_key = true},
	    .numbers = *source,
	    .host = {.context = thread, .interrupted = interrupted},
	};

	display.viewer.sort = text(sort);
	display.viewer.command = text(command);
	display.viewer.silent = true;
	display.viewer.replay = source->steer != NULL;
	display.viewer.attached = !display.viewer.replay;
	if (display.viewer.sort && !column_find(display.viewer.sort))
		rb_raise(rb_eArgError, "there is no column %" PRIsVALUE " to sort by", rb_inspect(sort));
	struct display *opened = display_open(&display, problem);
	if (!opened)
		rb_raise(error_class, "the viewer cannot be shown: %s", problem);
	RB_GC_GUARD(sort);
	RB_GC_GUARD(command);
	return opened;
}

VALUE source_run_view(const struct snapshot_source *source, VALUE options)
{
	VALUE thread = rb_thread_current();
	int state;

	Check_Type(options, T_HASH);
	struct display *display = open_display(&thread, source, options);
	enum display_end end = in_front_run_display(display, &state);
	display_close(display);
	return in_front_result(end, state);
}

/* --- tables --- */

static void *run_tables(void *data)
{
	table_run(data);
	return NULL;
}

static void cancel(void *data)
{
	tables_cancel(&((struct table_run *)data)->tables);
}

VALUE source_run_tables(const struct snapshot_source *source, VALUE fd, VALUE options, bool at_once)
{
	struct table_options tables = table_options_parse(options);
	VALUE command = option(options, "command");
	struct table_run run;
	int state = 0;

	if (at_once)
		tables.interval_ns = 0;
	tables.batch.command = text(command);
	if (!table_run_init(&run, source, NUM2INT(fd), &tables))
		rb_memerror();
	do {
		run.tables.cancelled = false;
		state = nogvl_call(run_tables, cancel, &run);
		/* Where something is pending the function is not called at all. */
	} while (!run.over && !state);
	VALUE how = run.how[0] ? rb_utf8_str_new_cstr(run.how) : Qnil;
	int error = run.tables.error;
	table_run_deinit(&run);
	RB_GC_GUARD(command);
	if (state)
		rb_jump_tag(state);
	if (error)
		rb_raise(error_class, "there are no more tables: %s", strerror(error));
	return how;
}
