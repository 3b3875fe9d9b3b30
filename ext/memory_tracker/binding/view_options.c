#include "binding/view_options.h"

#include <time.h>

static VALUE option(VALUE options, const char *name, VALUE otherwise)
{
	return rb_hash_lookup2(options, ID2SYM(rb_intern(name)), otherwise);
}

double view_options_seconds(VALUE options, const char *name)
{
	VALUE value = option(options, name, Qnil);

	if (NIL_P(value))
		return 0;
	double seconds = NUM2DBL(value);
	if (!(seconds >= 0.1 && seconds <= 86400))
		rb_raise(rb_eArgError, "%s must be between 0.1 and 86,400 seconds, not %" PRIsVALUE, name, value);
	return seconds;
}

static enum viewer_choice choice(VALUE value)
{
	return NIL_P(value) ? VIEWER_AS_KEPT : RTEST(value) ? VIEWER_ON : VIEWER_OFF;
}

/* As the clocks of this place go now. */
static int32_t utc_offset(void)
{
	time_t now = time(NULL);
	struct tm local;

	return localtime_r(&now, &local) ? (int32_t)local.tm_gmtoff : 0;
}

struct viewer_options view_options_parse(VALUE options)
{
	return (struct viewer_options){
	    .interval = view_options_seconds(options, "interval"),
	    .mouse = choice(option(options, "mouse", Qnil)),
	    .settings = option(options, "settings", Qtrue) != Qfalse,
	    .utc_offset = utc_offset(),
	};
}
