/* Where Ruby enters the extension. */
#include <ruby.h>

#include "binding/errors.h"
#include "binding/ruby_batch.h"
#include "binding/ruby_capture.h"
#include "binding/ruby_program.h"
#include "binding/ruby_recording.h"
#include "binding/ruby_remote.h"
#include "binding/ruby_server.h"
#include "binding/ruby_snapshot.h"
#include "binding/ruby_viewer.h"
#include "vm/compat.h"
#include "vm/hooks.h"
#include "vm/naming.h"

RUBY_FUNC_EXPORTED void Init_memory_tracker(void)
{
	VALUE memory = rb_define_module("Memory");
	VALUE tracker = rb_define_module_under(memory, "Tracker");

	compat_init();
	naming_init();
	hooks_init();
	errors_define(tracker);
	ruby_capture_define(tracker);
	ruby_snapshot_define(tracker);
	ruby_batch_define(tracker);
	ruby_program_define(tracker);
	ruby_viewer_define(tracker);
	ruby_server_define(tracker);
	ruby_remote_define(tracker);
	ruby_recording_define(tracker);
	/* What this was built for, so that it can be told before it is loaded into another Ruby. */
	rb_define_const(tracker, "ABI", rb_obj_freeze(rb_utf8_str_new_cstr(MEMORY_TRACKER_ABI)));
}
