#include "binding/ruby_server.h"

#include <ruby.h>
#include <unistd.h>

#include "binding/errors.h"
#include "binding/ruby_capture.h"
#include "binding/capture_server.h"
#include "binding/start_settings.h"
#include "binding/nogvl_call.h"
#include "vm/capture_reading.h"

struct ruby_server {
	VALUE self;
	VALUE capture; /* marked */
	struct capture_settings
	    kept; /* owned: what the program has given the capture, whatever a client asks for later */
	struct capture_server_options options;
	struct capture_server *capture_server; /* owned; NULL unless it runs */
	pid_t pid;                             /* of the process that it runs in */
	bool ending;
};

/* Those that run, an array that is made once and marked for good. */
static VALUE servers;

static void mark(void *data)
{
	rb_gc_mark(((struct ruby_server *)data)->capture);
}

/* One that runs is kept alive by `servers`, so that there is nothing to stop here. */
static void release(void *data)
{
	start_settings_deinit(&((struct ruby_server *)data)->kept);
	xfree(data);
}

static size_t size_of(const void *data)
{
	return sizeof(struct ruby_server);
}

static const rb_data_type_t server_type = {
    .wrap_struct_name = "Memory::Tracker::Server",
    .function = {.dmark = mark, .dfree = release, .dsize = size_of},
    .flags = RUBY_TYPED_FREE_IMMEDIATELY,
};

static struct ruby_server *get(VALUE self)
{
	struct ruby_server *server;

	TypedData_Get_Struct(self, struct ruby_server, &server_type, server);
	return server;
}

static VALUE allocate(VALUE klass)
{
	struct ruby_server *server;
	VALUE self = TypedData_Make_Struct(klass, struct ruby_server, &server_type, server);

	server->self = self;
	server->capture = Qnil;
	return self;
}

static bool is_set(VALUE options, const char *name)
{
	return RTEST(rb_hash_lookup2(options, ID2SYM(rb_intern(name)), Qfalse));
}

static VALUE initialize(VALUE self, VALUE capture, VALUE command, VALUE options)
{
	struct ruby_server *server = get(self);

	Check_Type(options, T_HASH);
	capture_name(ruby_capture_get(capture), StringValueCStr(command));
	start_settings_deinit(&server->kept);
	if (!start_settings_init(&server->kept, ruby_capture_get(capture)))
		rb_memerror();
	server->capture = capture;
	server->options = (struct capture_server_options){.on_demand = is_set(options, "on_demand"),
	                                                  .threadless = is_set(options, "threadless"),
	                                                  .leaves_final = is_set(options, "leaves_final")};
	return self;
}

/* --- running --- */

/* A server that was running when the process forked does not run in the child. */
static bool runs(const struct ruby_server *server)
{
	return server->capture_server && server->pid == getpid();
}

static void forget(struct ruby_server *server)
{
	if (!server->capture_server)
		return;
	capture_server_free(server->capture_server);
	server->capture_server = NULL;
	rb_ary_delete(servers, server->self);
}

static VALUE start(VALUE self, VALUE where)
{
	struct ruby_server *server = get(self);
	char problem[TRANSPORT_PROBLEM_MAX];

	if (runs(server))
		return Qfalse;
	/* What a fork may have left here belongs to the parent. */
	forget(server);
	server->capture_server = capture_server_start(ruby_capture_get(server->capture), server->capture, &server->kept,
	                                              StringValueCStr(where), &server->options, problem);
	if (!server->capture_server)
		rb_raise(error_class, "%s", problem);
	server->pid = getpid();
	server->ending = false;
	rb_ary_push(servers, self);
	return Qtrue;
}

struct ending {
	struct capture_server *capture_server;
	const char *how;
};

static void *end_capture_server(void *data)
{
	struct ending *ending = data;

	capture_server_end(ending->capture_server, ending->how);
	return NULL;
}

/* The waiting is short, and is not interrupted. */
static bool end(struct ruby_server *server, const char *how)
{
	struct ending ending = {server->capture_server, how};

	if (!runs(server) || server->ending)
		return false;
	server->ending = true;
	int state = nogvl_call_uninterruptible(end_capture_server, &ending);
	forget(server);
	if (state)
		rb_jump_tag(state);
	return true;
}

static VALUE finish(VALUE self, VALUE how)
{
	struct ruby_server *server = get(self);

	capture_refresh(ruby_capture_get(server->capture));
	VALUE finished = end(server, StringValueCStr(how)) ? Qtrue : Qfalse;
	RB_GC_GUARD(how);
	return finished;
}

static VALUE stop(VALUE self)
{
	return end(get(self), NULL) ? Qtrue : Qfalse;
}

static VALUE is_running(VALUE self)
{
	return runs(get(self)) ? Qtrue : Qfalse;
}

static VALUE path(VALUE self)
{
	struct ruby_server *server = get(self);

	return runs(server) ? rb_utf8_str_new_cstr(capture_server_path(server->capture_server)) : Qnil;
}

/* At the end of the program, before captures are freed. */
static void stop_all(VALUE unused)
{
	for (long i = RARRAY_LEN(servers) - 1; i >= 0; i--)
		end(get(RARRAY_AREF(servers, i)), NULL);
}

void ruby_server_define(VALUE tracker)
{
	VALUE klass = rb_define_class_under(tracker, "Server", rb_cObject);

	servers = rb_ary_new();
	rb_gc_register_mark_object(servers);
	rb_obj_hide(servers);
	rb_define_alloc_func(klass, allocate);
	rb_define_method(klass, "initialize", initialize, 3);
	rb_define_method(klass, "start", start, 1);
	rb_define_method(klass, "finish", finish, 1);
	rb_define_method(klass, "stop", stop, 0);
	rb_define_method(klass, "running?", is_running, 0);
	rb_define_method(klass, "path", path, 0);
	rb_set_end_proc(stop_all, Qnil);
}
