#include "vm/compat.h"

#include <fcntl.h>
#include <ruby/ractor.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifdef __APPLE__
#include <mach/mach.h>
#include <sys/sysctl.h>
#endif

#include "base/clock.h"
#include "vm/evaluate.h"
#include "vm/vm_layout.h"
#include "vm/vm_symbols.h"

/* In proc(5)'s line about a process, between its state and its start. */
#define SKIP_18_FIELDS " %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d"

static struct {
	void (*job)(void *);
	_Atomic bool job_triggered;        /* and not run since */
	bool interrupts_known;             /* where a trigger sets VM_INTERRUPT_JOBS was found */
	rb_ractor_local_key_t main_ractor; /* what it leads to is set in the main Ractor alone */
#ifdef HAVE_RB_POSTPONED_JOB_PREREGISTER
	rb_postponed_job_handle_t handle;
#endif
	VALUE ractor;   /* the class, or Qnil */
	bool jit_tried; /* once it is on, it stays on */
	_Atomic bool jit_hides_objects;
	VALUE major_by;
	VALUE state;
	VALUE none;
	VALUE sweeping;
} compat;

bool compat_jit_hides_lines;

/* Called so often, a method is compiled. */
static const char trial[] = "maker = Object.new\n"
                            "def maker.make = []\n"
                            "before = GC.stat(:total_allocated_objects)\n"
                            "10_000.times { maker.make }\n"
                            "GC.stat(:total_allocated_objects) - before < 10_000\n";

/* Whether YJIT is on, or may be switched on. */
static bool jit_possible(void)
{
	VALUE jit = evaluate_constant(evaluate_constant(rb_cObject, "RubyVM"), "YJIT");

	return !NIL_P(jit) && (rb_respond_to(jit, rb_intern("enable")) || evaluate_jit_enabled("YJIT"));
}

bool compat_jit_hides_objects(void)
{
	return compat.jit_hides_objects;
}

void compat_try_jit(void)
{
	bool failed;

	if (compat.jit_tried || !evaluate_jit_enabled("ZJIT"))
		return;
	compat.jit_hides_objects = RTEST(evaluate(trial, &failed));
	compat.jit_tried = true;
}

/* A key of Ractor-local storage is asked for without running Ruby code, as Ractor.current does. */
static const struct rb_ractor_local_storage_type keep = {NULL, NULL};

/* The extension is no Ractor's but the main one's: another cannot load it. */
static void find_main_ractor(void)
{
	compat.main_ractor = rb_ractor_local_storage_ptr_newkey(&keep);
	rb_ractor_local_storage_ptr_set(compat.main_ractor, &compat);
}

static VALUE gc_module(void)
{
	return rb_const_get(rb_cObject, rb_intern("GC"));
}

static VALUE hash_value(VALUE hash, const char *key)
{
	return RB_TYPE_P(hash, T_HASH) ? rb_hash_aref(hash, ID2SYM(rb_intern(key))) : Qnil;
}

/* Another collector lays its heap out in another way, has other events, and is not even asked the same. */
static void refuse_other_collectors(void)
{
	VALUE gc = gc_module(), config = ID2SYM(rb_intern("config"));

	if (!RTEST(rb_funcall(gc, rb_intern("respond_to?"), 1, config)))
		return;
	VALUE name = hash_value(rb_funcall(gc, rb_intern("config"), 0), "implementation");
	if (RB_TYPE_P(name, T_STRING) && strcmp(StringValueCStr(name), "default") != 0)
		rb_raise(
		    rb_eLoadError,
		    "memory-tracker tracks objects of Ruby's default garbage collector only, and this is %" PRIsVALUE,
		    name);
}

void compat_init(void)
{
	refuse_other_collectors();
	vm_symbols_init();
	compat.ractor = evaluate_constant(rb_cObject, "Ractor");
	find_main_ractor();
	compat.major_by = ID2SYM(rb_intern("major_by"));
	/* The first call makes the symbols that later ones compare with. */
	rb_gc_latest_gc_info(compat.major_by);
	compat.state = ID2SYM(rb_intern("state"));
	compat.none = ID2SYM(rb_intern("none"));
	compat.sweeping = ID2SYM(rb_intern("sweeping"));
	rb_gc_stat(ID2SYM(rb_intern("count")));
	vm_layout_init();
	event_line_init();
	compat_jit_hides_lines = jit_possible();
}

bool compat_main_ractor(void)
{
	return rb_ractor_local_storage_ptr(compat.main_ractor) != NULL;
}

bool compat_is_ractor(VALUE object)
{
	VALUE klass = RBASIC(object)->klass;

	while (klass && klass != compat.ractor)
		klass = rb_class_get_superclass(klass);
	return klass != 0;
}

bool compat_alone(void)
{
	return NIL_P(compat.ractor) || rb_funcall(compat.ractor, rb_intern("count"), 0) == INT2FIX(1);
}

/* Up to Ruby 3.4 events of other Ractors are not handled here, or do nothing but count. */
void compat_exclusively(void (*function)(void *data), void *data)
{
	if (COMPAT_HOOKS_GLOBAL)
		vm_call_exclusively(function, data);
	else
		function(data);
}

static void set_triggered(bool triggered)
{
	atomic_store_explicit(&compat.job_triggered, triggered, memory_order_relaxed);
}

static void run_job(void *unused)
{
	set_triggered(false);
	compat.job(unused);
}

#ifdef HAVE_RB_POSTPONED_JOB_PREREGISTER

static void register_job(void)
{
	compat.handle = rb_postponed_job_preregister(0, run_job, NULL);
	if (compat.handle == POSTPONED_JOB_HANDLE_INVALID)
		rb_raise(rb_eLoadError, "memory-tracker found no free slot for its jobs in this Ruby");
}

/* Before: another Ractor may run the job at once. */
void compat_job_trigger(void)
{
	set_triggered(true);
	rb_postponed_job_trigger(compat.handle);
}

#else

static void register_job(void)
{
}

/* Only ever called with the GVL: off it, the older function is not safe (Ruby bug #19991). It has room for 1,000 jobs. */
void compat_job_trigger(void)
{
	set_triggered(true);
	if (!rb_postponed_job_register_one(0, run_job, NULL))
		set_triggered(false);
}

#endif

static bool interrupts_for_jobs(const rb_trace_arg_t *event)
{
	const struct vm_context *context = ((const struct vm_event *)event)->context;

	return atomic_load_explicit((_Atomic unsigned *)&context->interrupts, memory_order_relaxed) & VM_INTERRUPT_JOBS;
}

static void on_trial(VALUE data, rb_trace_arg_t *event)
{
	bool before = interrupts_for_jobs(event);

	(void)data;
	compat_job_trigger();
	compat.interrupts_known = !before && interrupts_for_jobs(event);
}

/* The job runs at the next safe point, and finds nothing to do yet. */
static void find_interrupts(void)
{
	/* Another job may be pending. */
	rb_thread_check_ints();
	evaluate_observed(on_trial, rb_obj_alloc, rb_cObject);
}

void compat_job_init(void (*job)(void *))
{
	compat.job = job;
	register_job();
	if (vm_layout_known)
		find_interrupts();
}

/*
 * The VM keeps one list of jobs, and in each thread and fiber a flag that it is to run them: a job is in the list, but runs late
 * or never, if the thread that triggered it has ended, the fiber is not resumed, or the process is a fork.
 */
bool compat_job_pending(const rb_trace_arg_t *event)
{
	return compat.interrupts_known && atomic_load_explicit(&compat.job_triggered, memory_order_relaxed) &&
	       interrupts_for_jobs(event);
}

void compat_find_line(rb_trace_arg_t *event, VALUE frame, int *line)
{
	/* In an event the program counter is valid even where the JIT has left the frame without one. */
	if (!NIL_P(rb_profile_frame_path(frame)))
		*line = NUM2INT(rb_tracearg_lineno(event));
}

void compat_gc_start(bool full)
{
	VALUE options = rb_hash_new();

	rb_hash_aset(options, ID2SYM(rb_intern("full_mark")), full ? Qtrue : Qfalse);
	rb_funcallv_kw(rb_mGC, rb_intern("start"), 1, &options, RB_PASS_KEYWORDS);
}

bool compat_gc_is_major(void)
{
	return RTEST(rb_gc_latest_gc_info(compat.major_by));
}

bool compat_gc_idle(void)
{
	return rb_gc_latest_gc_info(compat.state) == compat.none;
}

bool compat_gc_sweeping(void)
{
	return rb_gc_latest_gc_info(compat.state) == compat.sweeping;
}

#ifdef __APPLE__

uint64_t compat_resident_bytes(void)
{
	mach_task_basic_info_data_t info;
	mach_msg_type_number_t count = MACH_TASK_BASIC_INFO_COUNT;

	if (task_info(mach_task_self(), MACH_TASK_BASIC_INFO, (task_info_t)&info, &count) != KERN_SUCCESS)
		return 0;
	return info.resident_size;
}

uint64_t compat_process_started(void)
{
	int what[] = {CTL_KERN, KERN_PROC, KERN_PROC_PID, getpid()};
	struct kinfo_proc process;
	size_t size = sizeof(process);

	if (sysctl(what, 4, &process, &size, NULL, 0) < 0 || size < sizeof(process))
		return 0;
	const struct timeval *started = &process.kp_proc.p_starttime;
	uint64_t wall = (uint64_t)started->tv_sec * CLOCK_SECOND + (uint64_t)started->tv_usec * 1000u;
	return clock_moment_of(CLOCK_REALTIME, wall);
}

#else

/* Returns false when there is no such file. */
static bool read_about_process(const char *path, char *text, size_t size)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);

	if (file < 0)
		return false;
	ssize_t length = read(file, text, size - 1);
	close(file);
	text[length > 0 ? length : 0] = 0;
	return length > 0;
}

uint64_t compat_resident_bytes(void)
{
	char text[128];
	unsigned long long pages = 0;

	if (!read_about_process("/proc/self/statm", text, sizeof(text)) || sscanf(text, "%*u %llu", &pages) != 1)
		return 0;
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* The 22nd field, in ticks since the machine was started: proc(5). The second, a name, may have anything in it. */
uint64_t compat_process_started(void)
{
	char text[1024];
	unsigned long long ticks = 0;

	if (!read_about_process("/proc/self/stat", text, sizeof(text)))
		return 0;
	const char *behind_name = strrchr(text, ')');
	if (!behind_name || sscanf(behind_name + 1, " %*s" SKIP_18_FIELDS " %llu", &ticks) != 1)
		return 0;
	return clock_moment_of(CLOCK_BOOTTIME, ticks * (CLOCK_SECOND / (uint64_t)sysconf(_SC_CLK_TCK)));
}

#endif
