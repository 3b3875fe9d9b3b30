#include "vm/naming.h"

#include <ruby/debug.h>
#include <string.h>

#include "model/snapshot.h"
#include "vm/compat.h"
#include "vm/evaluate.h"
#include "base/memory_map.h"

VALUE naming_hidden_class[RUBY_T_MASK + 1];
bool naming_under_way;
uint32_t naming_code_kinds;

static const char *const type_names[RUBY_T_MASK + 1] = {
    [RUBY_T_NONE] = "(internal T_NONE)",       [RUBY_T_OBJECT] = "(internal T_OBJECT)",
    [RUBY_T_CLASS] = "(internal T_CLASS)",     [RUBY_T_MODULE] = "(internal T_MODULE)",
    [RUBY_T_FLOAT] = "(internal T_FLOAT)",     [RUBY_T_STRING] = "(internal T_STRING)",
    [RUBY_T_REGEXP] = "(internal T_REGEXP)",   [RUBY_T_ARRAY] = "(internal T_ARRAY)",
    [RUBY_T_HASH] = "(internal T_HASH)",       [RUBY_T_STRUCT] = "(internal T_STRUCT)",
    [RUBY_T_BIGNUM] = "(internal T_BIGNUM)",   [RUBY_T_FILE] = "(internal T_FILE)",
    [RUBY_T_DATA] = "(internal T_DATA)",       [RUBY_T_MATCH] = "(internal T_MATCH)",
    [RUBY_T_COMPLEX] = "(internal T_COMPLEX)", [RUBY_T_RATIONAL] = "(internal T_RATIONAL)",
    [RUBY_T_SYMBOL] = "(internal T_SYMBOL)",   [RUBY_T_IMEMO] = "(internal T_IMEMO)",
    [RUBY_T_NODE] = "(internal T_NODE)",       [RUBY_T_ICLASS] = "(internal T_ICLASS)",
};

/* By kind: the type, or NAMING_SINGLETON. */
static const char *const hidden_names[HIDDEN_KINDS] = {
    [RUBY_T_CLASS] = "(hidden Class)",        [RUBY_T_MODULE] = "(hidden Module)",
    [RUBY_T_FLOAT] = "(hidden Float)",        [RUBY_T_STRING] = "(hidden String)",
    [RUBY_T_REGEXP] = "(hidden Regexp)",      [RUBY_T_ARRAY] = "(hidden Array)",
    [RUBY_T_HASH] = "(hidden Hash)",          [RUBY_T_BIGNUM] = "(hidden Integer)",
    [RUBY_T_MATCH] = "(hidden MatchData)",    [RUBY_T_COMPLEX] = "(hidden Complex)",
    [RUBY_T_RATIONAL] = "(hidden Rational)",  [RUBY_T_SYMBOL] = "(hidden Symbol)",
    [NAMING_SINGLETON] = "(singleton Class)",
};

static const char *pseudo_name(uintptr_t key)
{
	const char *name = key < CLASS_KEY_HIDDEN ? type_names[key - 1] : hidden_names[key - CLASS_KEY_HIDDEN];

	return name ? name : "(internal)";
}

static struct text text_of(VALUE string)
{
	if (!RB_TYPE_P(string, T_STRING))
		return (struct text){NULL, 0};
	return (struct text){RSTRING_PTR(string), (uint32_t)RSTRING_LEN(string)};
}

/* The nearest class above that has a name, unless it is one that all classes have. */
static struct text named_superclass(VALUE klass)
{
	struct text name = {NULL, 0};

	while (!name.bytes && (klass = rb_class_real(RCLASS_SUPER(klass))) && klass != rb_cObject &&
	       klass != rb_cBasicObject)
		name = text_of(rb_mod_name(klass));
	return name;
}

static void describe_class(void *context, uintptr_t key, struct class_description *description)
{
	(void)context;
	if (key < CLASS_KEY_PSEUDO_LIMIT) {
		const char *name = pseudo_name(key);

		*description = (struct class_description){key, {name, (uint32_t)strlen(name)}, SNAPSHOT_CLASS_INTERNAL};
		return;
	}
	VALUE real = rb_class_real((VALUE)key);
	*description = (struct class_description){(uintptr_t)real, text_of(rb_mod_name(real)), 0};
	if (!description->name.bytes)
		description->superclass = named_superclass(real);
}

static bool starts_with(struct text text, const char *prefix)
{
	size_t length = strlen(prefix);

	return text.length >= length && memcmp(text.bytes, prefix, length) == 0;
}

static void describe_code(void *context, uintptr_t address, struct code_description *description)
{
	VALUE frame = (VALUE)address;
	struct text path = text_of(rb_profile_frame_path(frame));
	struct text label = text_of(rb_profile_frame_label(frame));

	(void)context;
	naming_code_kinds |= naming_kind(frame);
	/* Methods in C have no path; those that Ruby's core has in Ruby have one that nobody can open. */
	bool native = !path.bytes || starts_with(path, "<internal:");
	*description = (struct code_description){native ? CODE_NATIVE : CODE_SOURCE, path, label};
}

static uint64_t identify_class(void *context, uintptr_t *key)
{
	VALUE real = rb_class_real((VALUE)*key);

	(void)context;
	*key = (uintptr_t)real;
	/* Ids count from 1 upwards; the uppermost bit keeps them apart from keys that are no classes. */
	return NUM2ULL(rb_obj_id(real)) | UINT64_C(1) << 63;
}

const struct names naming_source = {NULL, describe_class, describe_code, identify_class};

void naming_init(void)
{
	if (!(RBASIC(rb_singleton_class(rb_mKernel))->flags & RUBY_FL_SINGLETON) ||
	    (RBASIC(rb_cObject)->flags & RUBY_FL_SINGLETON))
		rb_raise(rb_eLoadError, "memory-tracker cannot tell singleton classes in this Ruby");
	/* The singleton class of a clone is allocated hidden. */
	naming_hidden_class[RUBY_T_CLASS] = rb_cClass;
	naming_hidden_class[RUBY_T_MODULE] = rb_cModule;
	naming_hidden_class[RUBY_T_FLOAT] = rb_cFloat;
	naming_hidden_class[RUBY_T_STRING] = rb_cString;
	naming_hidden_class[RUBY_T_REGEXP] = rb_cRegexp;
	naming_hidden_class[RUBY_T_ARRAY] = rb_cArray;
	naming_hidden_class[RUBY_T_HASH] = rb_cHash;
	naming_hidden_class[RUBY_T_BIGNUM] = rb_cInteger;
	naming_hidden_class[RUBY_T_MATCH] = rb_cMatch;
	naming_hidden_class[RUBY_T_COMPLEX] = rb_cComplex;
	naming_hidden_class[RUBY_T_RATIONAL] = rb_cRational;
	naming_hidden_class[RUBY_T_SYMBOL] = rb_cSymbol;
}

/*
 * "SessionStore#write" for a method and the blocks in it, else what the frame is called with its class. A class
 * without a name would be told by its address: it is left out, or the same code would have a name for each of them.
 */
static VALUE whole_name(VALUE frame)
{
	VALUE name = rb_profile_frame_qualified_method_name(frame);

	if (NIL_P(name))
		return rb_profile_frame_full_label(frame);
	return starts_with(text_of(name), "#<") ? rb_profile_frame_method_name(frame) : name;
}

static void name_code(struct tracker *tracker, struct code *code)
{
	volatile VALUE frame = (VALUE)code->address;
	volatile VALUE name = whole_name(frame);

	tracker_name_code(tracker, code, text_of(name));
}

void naming_end_sweep(void)
{
	/* Nothing runs in between, so no other thread's choice is undone. */
	if (!RTEST(rb_gc_disable()))
		rb_gc_enable();
}

static bool same_text(const struct string *string, struct text text)
{
	return string->length == text.length && (!text.length || memcmp(string->bytes, text.bytes, text.length) == 0);
}

/* Whether code like this stands where the code stood. */
static bool still_there(const struct code *code)
{
	struct code_description description;

	if (!memory_map_readable(code->address) || RB_BUILTIN_TYPE((VALUE)code->address) != RUBY_T_IMEMO ||
	    !(naming_kind((VALUE)code->address) & naming_code_kinds))
		return false;
	describe_code(NULL, code->address, &description);
	return same_text(code->path, description.path) && same_text(code->label, description.label);
}

struct naming {
	struct tracker *tracker;
	bool certain;      /* no free was missed */
	struct code *code; /* the one whose name is being made */
};

static VALUE name_codes(VALUE argument)
{
	struct naming *naming = (struct naming *)argument;

	while ((naming->code = code_table_unnamed(&naming->tracker->codes)) && !compat_gc_sweeping()) {
		if (naming->certain || still_there(naming->code))
			name_code(naming->tracker, naming->code);
		else
			tracker_name_code(naming->tracker, naming->code, (struct text){NULL, 0});
	}
	naming->code = NULL;
	return Qnil;
}

/* There is no memory for a name: the code keeps the one it has, and what the thread rescues stays its own. */
static void give_up_name(struct naming *naming, VALUE rescued)
{
	if (naming->code && !naming->code->named)
		tracker_name_code(naming->tracker, naming->code, (struct text){NULL, 0});
	if (NIL_P(rescued) || is_exception(rescued))
		rb_set_errinfo(rescued);
}

static void complete_code(struct tracker *tracker, bool certain)
{
	struct naming naming = {.tracker = tracker, .certain = certain};
	VALUE rescued = rb_errinfo();
	int state = 0;

	naming_under_way = true;
	do {
		rb_protect(name_codes, (VALUE)&naming, &state);
		if (state)
			give_up_name(&naming, rescued);
	} while (state);
	naming_under_way = false;
	tracker_resolve_names(tracker);
	tracker_sweep_names(tracker);
}

void naming_complete_code(struct tracker *tracker)
{
	complete_code(tracker, true);
}

void naming_complete_certain_code(struct tracker *tracker)
{
	complete_code(tracker, false);
}

static void name_class(struct tracker *tracker, struct class_record *record)
{
	struct text name = text_of(rb_mod_name((VALUE)record->address));

	const struct string *known = atomic_load_explicit(&record->name, memory_order_relaxed);

	if (!name.bytes || (known && same_text(known, name)))
		return;
	tracker_name_class(tracker, record, name);
}

static void complete_all_classes(struct tracker *tracker)
{
	struct class_record *next;

	for (struct class_record *record = class_table_unnamed(&tracker->classes); record; record = next) {
		/* With another name it leaves the queue, or is the last of it. */
		next = class_table_next_unnamed(&tracker->classes, record);
		if (record->address)
			name_class(tracker, record);
	}
}

static void complete_some_classes(struct tracker *tracker, uint32_t steps)
{
	for (; steps > 0; steps--) {
		struct class_record *record = class_table_unnamed(&tracker->classes);

		class_table_ask_later(&tracker->classes, record);
		if (record->address)
			name_class(tracker, record);
	}
}

void naming_complete_classes(struct tracker *tracker, uint32_t most)
{
	if (tracker->classes.unnamed.count <= most)
		complete_all_classes(tracker);
	else
		complete_some_classes(tracker, most);
	tracker_sweep_names(tracker);
}
