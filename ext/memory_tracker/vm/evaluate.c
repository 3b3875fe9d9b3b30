#include "vm/evaluate.h"

static VALUE compile_and_run(VALUE program)
{
	VALUE code = rb_path2class("RubyVM::InstructionSequence");
	VALUE compiled = rb_funcall(code, rb_intern("compile"), 2, rb_str_new_cstr((const char *)program),
	                            rb_str_new_cstr("<internal:memory-tracker>"));

	return rb_funcall(compiled, rb_intern("eval"), 0);
}

VALUE evaluate(const char *program, bool *raised)
{
	VALUE rescued = rb_errinfo();
	int state = 0;
	VALUE value = rb_protect(compile_and_run, (VALUE)program, &state);

	*raised = state;
	if (!state)
		return value;
	/* What the thread rescues stays its own. */
	if (NIL_P(rescued) || RTEST(rb_obj_is_kind_of(rescued, rb_eException)))
		rb_set_errinfo(rescued);
	return Qnil;
}
