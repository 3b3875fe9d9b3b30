#include "binding/errors.h"

VALUE error_class;
VALUE error_limit;

void errors_define(VALUE tracker)
{
	error_class = rb_const_get(tracker, rb_intern("Error"));
	rb_gc_register_mark_object(error_class);
	error_limit = rb_const_get(tracker, rb_intern("LimitError"));
	rb_gc_register_mark_object(error_limit);
}
