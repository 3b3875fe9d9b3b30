#include "vm/evaluate.h"

#include <dlfcn.h>

/* In newer Rubies, what is compiled while Coverage runs counts as one of the program's files. */
static void leave_coverage(VALUE path)
{
	VALUE (*coverages)(void) = (VALUE(*)(void))dlsym(RTLD_DEFAULT, "rb_get_coverages");
	VALUE files = coverages ? coverages() : Qfalse;

	if (RB_TYPE_P(files, T_HASH))
		rb_hash_delete(files, path);
}

static VALUE compile_and_run(VALUE program)
{
	VALUE code = rb_path2class("RubyVM::InstructionSequence"), path = rb_str_new_cstr("<internal:memory-tracker>");
	VALUE compiled = rb_funcall(code, rb_intern("compile"), 2, rb_str_new_cstr((const char *)program), path);

	leave_coverage(path);
	return rb_funcall(compiled, rb_intern("eval"), 0);
}

static VALUE fail(VALUE failed, VALUE error)
{
	(void)error;
	*(bool *)failed = true;
	return Qnil;
}

VALUE evaluate(const char *program, bool *failed)
{
	*failed = false;
	return rb_rescue2(compile_and_run, (VALUE)program, fail, (VALUE)failed, rb_eStandardError, rb_eScriptError,
	                  (VALUE)0);
}

bool is_exception(VALUE ended)
{
	return !RB_SPECIAL_CONST_P(ended) && RB_BUILTIN_TYPE(ended) != RUBY_T_IMEMO;
}

static VALUE remove_hook(VALUE hook)
{
	rb_remove_event_hook((rb_event_hook_func_t)hook);
	return Qnil;
}

VALUE evaluate_observed(void (*hook)(VALUE data, rb_trace_arg_t *event), VALUE (*function)(VALUE), VALUE argument)
{
	/* The type is the one of hooks that are not raw. */
	rb_event_hook_func_t function_of_hook = (rb_event_hook_func_t)(void (*)(void))hook;

	rb_add_event_hook2(function_of_hook, RUBY_INTERNAL_EVENT_NEWOBJ, Qnil,
	                   RUBY_EVENT_HOOK_FLAG_SAFE | RUBY_EVENT_HOOK_FLAG_RAW_ARG);
	return rb_ensure(function, argument, remove_hook, (VALUE)function_of_hook);
}

VALUE evaluate_constant(VALUE module, const char *name)
{
	ID id = rb_intern(name);

	return !NIL_P(module) && rb_const_defined(module, id) ? rb_const_get(module, id) : Qnil;
}

bool evaluate_jit_enabled(const char *name)
{
	VALUE jit = evaluate_constant(evaluate_constant(rb_cObject, "RubyVM"), name);
	ID enabled = rb_intern("enabled?");

	return !NIL_P(jit) && rb_respond_to(jit, enabled) && RTEST(rb_funcall(jit, enabled, 0));
}
