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
#include "vm/delivery.h"
#include "vm/forks.h"
#include "vm/hooks.h"
#include "vm/naming.h"
#include "vm/safe_point.h"

/* For lib/memory/tracker/abi.rb, which reads it from the file before this is loaded. */
static const char abi_marker[] __attribute__((used)) = "memory-tracker ABI [" MEMORY_TRACKER_ABI "]";

RUBY_FUNC_EXPORTED void Init_memory_tracker(void)
{
	VALUE memory = rb_define_module("Memory");
	VALUE tracker = rb_define_module_under(memory, "Tracker");

	compat_init();
	naming_init();
	hooks_init();
	forks_init();
	safe_point_init();
	delivery_init();
	errors_define(tracker);
	ruby_capture_define(tracker);
	ruby_snapshot_define(tracker);
	ruby_batch_define(tracker);
	ruby_program_define(tracker);
	ruby_viewer_define(tracker);
	ruby_server_define(tracker);
	ruby_remote_define(tracker);
	ruby_recording_define(tracker);
}
