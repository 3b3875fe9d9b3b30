#include "binding/table_options.h"

#include <ruby/encoding.h>

static VALUE option(VALUE options, const char *name)
{
	return rb_hash_lookup2(options, ID2SYM(rb_intern(name)), Qnil);
}

static uint64_t nanoseconds(VALUE seconds, const char *name)
{
	double value = NUM2DBL(seconds);

	if (!(value >= 0.01 && value <= 1e9))
		rb_raise(rb_eArgError, "%s must be between 0.01 and 1,000,000,000 seconds, not %" PRIsVALUE, name,
		         seconds);
	return (uint64_t)(value * 1e9);
}

static uint64_t count(VALUE number, const char *name)
{
	if (!RB_INTEGER_TYPE_P(number) || RTEST(rb_funcall(number, '<', 1, INT2FIX(0))))
		rb_raise(rb_eArgError, "%s must be an integer of at least 0, not %" PRIsVALUE, name,
		         rb_inspect(number));
	return NUM2ULL(number);
}

static const struct column *sort_column(VALUE key)
{
	const struct column *column = column_find(StringValueCStr(key));
	VALUE keys = rb_ary_new();

	if (column)
		return column;
	for (size_t i = 0; i < column_count; i++) {
		if (column_table[i].compare)
			rb_ary_push(keys, rb_str_new_cstr(column_table[i].key));
	}
	rb_raise(rb_eArgError, "sort must be one of %" PRIsVALUE ", not %" PRIsVALUE,
	         rb_ary_join(keys, rb_str_new_cstr(", ")), rb_inspect(key));
}

static enum text_charset charset(VALUE ascii)
{
	bool plain = NIL_P(ascii) ? rb_locale_encoding() != rb_utf8_encoding() : RTEST(ascii);

	return plain ? TEXT_ASCII : TEXT_UTF8;
}

struct table_options table_options_parse(VALUE options)
{
	Check_Type(options, T_HASH);
	VALUE interval = option(options, "interval"), iterations = option(options, "iterations");
	VALUE sort = option(options, "sort"), limit = option(options, "limit"), gc = option(options, "gc");
	VALUE now = rb_funcall(rb_cTime, rb_intern("now"), 0);

	return (struct table_options){
	    .interval_ns = NIL_P(interval) ? 1000000000 : nanoseconds(interval, "interval"),
	    .tables = NIL_P(iterations) ? UINT64_MAX : count(iterations, "iterations"),
	    .gc_ns = NIL_P(gc) ? 0 : nanoseconds(gc, "gc"),
	    .batch = {.sort = NIL_P(sort) ? NULL : sort_column(sort),
	              .limit = NIL_P(limit) ? 0 : (size_t)count(limit, "limit"),
	              .utc_offset = NUM2INT(rb_funcall(now, rb_intern("utc_offset"), 0)),
	              .internal = RTEST(option(options, "internal")),
	              .charset = charset(option(options, "ascii"))},
	};
}
