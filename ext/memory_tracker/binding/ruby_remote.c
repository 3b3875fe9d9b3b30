#include "binding/ruby_remote.h"

#include <ruby/thread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "binding/errors.h"
#include "binding/source_run.h"
#include "source/recorded_source.h"
#include "source/remote_source.h"
#include "binding/ruby_recording.h"
#include "binding/ruby_snapshot.h"
#include "binding/nogvl_call.h"
#include "transport/client.h"
#include "transport/directory.h"

/* How long to wait for one answer at most before looking whether Ruby wants something. */
#define TICK_MS 100

struct ruby_remote {
	struct client *client; /* owned; NULL when closed */
	struct remote_source source;
	bool busy; /* a thread is using it */
};

static void release(void *data)
{
	struct ruby_remote *remote = data;

	remote_source_deinit(&remote->source);
	if (remote->client)
		client_close(remote->client);
	xfree(remote);
}

static size_t size_of(const void *data)
{
	return sizeof(struct ruby_remote);
}

static const rb_data_type_t remote_type = {
    .wrap_struct_name = "Memory::Tracker::Remote",
    .function = {.dfree = release, .dsize = size_of},
    .flags = RUBY_TYPED_FREE_IMMEDIATELY,
};

static struct ruby_remote *get(VALUE self)
{
	struct ruby_remote *remote;

	TypedData_Get_Struct(self, struct ruby_remote, &remote_type, remote);
	return remote;
}

static struct ruby_remote *get_open(VALUE self)
{
	struct ruby_remote *remote = get(self);

	if (!remote->client)
		rb_raise(error_class, "the connection is closed");
	if (remote->busy)
		rb_raise(error_class, "another thread is using the connection");
	return remote;
}

/* --- life --- */

struct opening {
	const char *path;
	struct client *client;
	char problem[TRANSPORT_PROBLEM_MAX];
};

static void *open_client(void *data)
{
	struct opening *opening = data;

	opening->client = client_open(opening->path, opening->problem);
	return NULL;
}

static VALUE open_remote(VALUE klass, VALUE path)
{
	struct ruby_remote *remote;
	VALUE self = TypedData_Make_Struct(klass, struct ruby_remote, &remote_type, remote);
	struct opening opening = {.path = StringValueCStr(path)};

	int state = nogvl_call_uninterruptible(open_client, &opening);
	RB_GC_GUARD(path);
	remote->client = opening.client;
	if (state)
		rb_jump_tag(state);
	if (!opening.client)
		rb_raise(error_class, "%s", opening.problem);
	return self;
}

static VALUE close_remote(VALUE self)
{
	struct ruby_remote *remote = get(self);

	if (remote->client) {
		client_close(get_open(self)->client);
		remote->client = NULL;
	}
	return Qnil;
}

static VALUE pid(VALUE self)
{
	return LONG2NUM(client_pid(get_open(self)->client));
}

static VALUE was_running(VALUE self)
{
	return client_running(get_open(self)->client) ? Qtrue : Qfalse;
}

/* --- answers --- */

struct waiting {
	struct ruby_remote *remote;
	uint64_t deadline;
	enum client_event wanted;
	enum message_kind asked;
	struct client_message message;
	enum client_event event;
};

static void *wait_for_news(void *data)
{
	client_wait(((struct waiting *)data)->remote->client, TICK_MS);
	return NULL;
}

/* Whether it is what is waited for, or there is nothing more to wait for. */
static bool is_answer(const struct waiting *waiting)
{
	switch (waiting->event) {
	case CLIENT_ENDED:
	case CLIENT_BROKEN:
		return true;
	case CLIENT_REFUSED:
		return waiting->message.asked == waiting->asked || !waiting->message.asked;
	default:
		return waiting->event == waiting->wanted;
	}
}

static VALUE await(VALUE data)
{
	struct waiting *waiting = (struct waiting *)data;

	while (clock_now() < waiting->deadline) {
		waiting->event = client_next(waiting->remote->client, &waiting->message);
		if (is_answer(waiting))
			return Qtrue;
		free(waiting->message.snapshot);
		if (waiting->event == CLIENT_NOTHING)
			rb_nogvl(wait_for_news, waiting, RUBY_UBF_IO, NULL, 0);
		rb_thread_check_ints();
	}
	return Qfalse;
}

static VALUE not_busy(VALUE remote)
{
	((struct ruby_remote *)remote)->busy = false;
	return Qnil;
}

/* Raises when the answer is another one than what is waited for. */
static void wait_for_answer(struct waiting *waiting, VALUE patience)
{
	waiting->deadline = clock_now() + (uint64_t)(NUM2DBL(patience) * 1e9);
	waiting->remote->busy = true;
	VALUE answered = rb_ensure(await, (VALUE)waiting, not_busy, (VALUE)waiting->remote);
	if (!RTEST(answered))
		rb_raise(error_class, "the program is too busy to answer");
	if (waiting->event == CLIENT_ENDED)
		rb_raise(error_class, "the program has just %s",
		         waiting->message.text[0] ? waiting->message.text : "ended");
	if (waiting->event != waiting->wanted)
		rb_raise(error_class, "%s", waiting->message.text);
}

/* --- starting --- */

static bool is_given(VALUE settings, const char *name, VALUE *value)
{
	*value = rb_hash_lookup2(settings, ID2SYM(rb_intern(name)), Qundef);
	return *value != Qundef;
}

/* A String with the names of classes, each ended by a zero byte. */
static VALUE join_names(VALUE classes)
{
	VALUE names = rb_str_new(NULL, 0);

	Check_Type(classes, T_ARRAY);
	for (long i = 0; i < RARRAY_LEN(classes); i++) {
		VALUE name = RARRAY_AREF(classes, i);
		const char *bytes = StringValueCStr(name);

		rb_str_cat(names, bytes, RSTRING_LEN(name) + 1);
	}
	return names;
}

static struct message_start start_from(VALUE settings, VALUE *names)
{
	struct message_start start = {0};
	VALUE value;

	Check_Type(settings, T_HASH);
	if (is_given(settings, "mode", &value)) {
		start.given |= MESSAGE_START_MODE;
		start.light = value == ID2SYM(rb_intern("light"));
	}
	if (is_given(settings, "depth", &value)) {
		start.given |= MESSAGE_START_DEPTH;
		start.depth = NUM2UINT(value);
	}
	if (is_given(settings, "path_interval", &value)) {
		start.given |= MESSAGE_START_PATH_INTERVAL;
		start.path_interval = NUM2UINT(value);
	}
	if (is_given(settings, "memory_limit", &value)) {
		start.given |= MESSAGE_START_MEMORY_LIMIT;
		start.memory_limit = NUM2ULL(value);
	}
	if (is_given(settings, "existing", &value)) {
		start.given |= MESSAGE_START_EXISTING;
		start.existing = RTEST(value);
	}
	if (is_given(settings, "classes", &value)) {
		start.given |= MESSAGE_START_CLASSES;
		*names = join_names(value);
	}
	return start;
}

static VALUE start(VALUE self, VALUE settings, VALUE patience)
{
	struct waiting waiting = {.remote = get_open(self), .wanted = CLIENT_DONE, .asked = MESSAGE_START};
	VALUE names = rb_str_new(NULL, 0);
	struct message_start start = start_from(settings, &names);

	if (RSTRING_LEN(names) > MESSAGE_START_NAMES_MAX)
		rb_raise(error_class, "the names of classes are longer than %d bytes together",
		         MESSAGE_START_NAMES_MAX);
	client_ask_start(waiting.remote->client, &start, RSTRING_PTR(names), (size_t)RSTRING_LEN(names));
	RB_GC_GUARD(names);
	wait_for_answer(&waiting, patience);
	return self;
}

static VALUE snapshot(VALUE self, VALUE patience)
{
	struct waiting waiting = {.remote = get_open(self), .wanted = CLIENT_SNAPSHOT, .asked = MESSAGE_SNAPSHOT};

	client_ask_snapshot(waiting.remote->client);
	wait_for_answer(&waiting, patience);
	return ruby_snapshot_wrap(waiting.message.snapshot);
}

static VALUE collect(VALUE self, VALUE patience)
{
	struct waiting waiting = {.remote = get_open(self), .wanted = CLIENT_GC_DONE, .asked = MESSAGE_GC};

	client_ask_gc(waiting.remote->client);
	wait_for_answer(&waiting, patience);
	return self;
}

/* --- showing --- */

struct showing {
	struct ruby_remote *remote;
	struct snapshot_source source;
	struct recorded_source recorded;
	struct recorder *recorder; /* owned; NULL: nothing is recorded */
	VALUE fd;
	VALUE options;
};

static VALUE run_view(VALUE data)
{
	struct showing *showing = (struct showing *)data;

	return source_run_view(&showing->source, showing->options);
}

static VALUE run_print(VALUE data)
{
	struct showing *showing = (struct showing *)data;

	return source_run_tables(&showing->source, showing->fd, showing->options, false);
}

static VALUE show(VALUE self, VALUE (*run)(VALUE showing), VALUE fd, VALUE options)
{
	struct showing showing = {.remote = get_open(self), .fd = fd, .options = options};
	int state = 0;

	remote_source_deinit(&showing.remote->source);
	showing.source = remote_source_init(&showing.remote->source, showing.remote->client);
	showing.recorder = ruby_recording_recorder(rb_hash_lookup2(options, ID2SYM(rb_intern("record")), Qnil),
	                                           rb_hash_lookup2(options, ID2SYM(rb_intern("overwrite")), Qfalse));
	if (showing.recorder)
		showing.source = recorded_source_init(&showing.recorded, &showing.source, showing.recorder);
	showing.remote->busy = true;
	VALUE result = rb_protect(run, (VALUE)&showing, &state);
	showing.remote->busy = false;
	if (showing.recorder)
		recorder_close(showing.recorder);
	if (state)
		rb_jump_tag(state);
	return result;
}

static VALUE view(VALUE self, VALUE options)
{
	return show(self, run_view, Qnil, options);
}

static VALUE print(VALUE self, VALUE fd, VALUE options)
{
	return show(self, run_print, fd, options);
}

/* --- processes --- */

static VALUE processes(int argc, VALUE *argv, VALUE klass)
{
	struct directory_entry *entries = NULL;
	VALUE where;

	rb_scan_args(argc, argv, "01", &where);
	ssize_t count = NIL_P(where) ? directory_list(&entries) : directory_list_in(StringValueCStr(where), &entries);
	VALUE list = rb_ary_new();

	if (count < 0)
		rb_memerror();
	for (ssize_t i = 0; i < count; i++)
		rb_ary_push(list, rb_assoc_new(LONG2NUM(entries[i].pid), rb_utf8_str_new_cstr(entries[i].path)));
	free(entries);
	return list;
}

static VALUE directory(int argc, VALUE *argv, VALUE klass)
{
	char path[DIRECTORY_PATH_MAX], problem[TRANSPORT_PROBLEM_MAX];
	VALUE room;

	rb_scan_args(argc, argv, "01", &room);
	if (!directory_open(path, NIL_P(room) ? 0 : NUM2SIZET(room), problem))
		rb_raise(error_class, "%s", problem);
	return rb_utf8_str_new_cstr(path);
}

void ruby_remote_define(VALUE tracker)
{
	VALUE klass = rb_define_class_under(tracker, "Remote", rb_cObject);

	rb_undef_alloc_func(klass);
	rb_define_singleton_method(klass, "directory", directory, -1);
	rb_define_singleton_method(klass, "processes", processes, -1);
	rb_define_singleton_method(klass, "open", open_remote, 1);
	rb_define_method(klass, "close", close_remote, 0);
	rb_define_method(klass, "pid", pid, 0);
	rb_define_method(klass, "running?", was_running, 0);
	rb_define_method(klass, "start", start, 2);
	rb_define_method(klass, "snapshot", snapshot, 1);
	rb_define_method(klass, "collect", collect, 1);
	rb_define_method(klass, "view", view, 1);
	rb_define_method(klass, "print", print, 2);
}
