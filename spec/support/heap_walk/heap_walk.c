/*
 * The heap as it is, counted slot by slot: what a capture's numbers are held against.
 *
 * It shares no code with the tracker. What belongs to what is the specification's: an object counts for its real
 * class; a hidden object of a built-in type, and a singleton class, for a name of its own; other hidden objects, and the
 * classes of included modules, for a name made of the type; Ruby's own T_IMEMO not at all.
 *
 * Counting makes no object. All of it happens in C memory, and Ruby objects are made of the result afterwards.
 */
#include <ruby.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Exported by every CRuby, in no public header. It ends a sweep first. */
void rb_objspace_each_objects(int (*callback)(void *start, void *end, size_t stride, void *data), void *data);

/* Keys of hidden objects of built-in types, and of singleton classes. */
#define HIDDEN(type) ((uintptr_t)(type) + 100)
#define SINGLETON ((uintptr_t)99)
#define KEYS_WITHOUT_CLASS 200

#define CLASSES_LIMIT (1u << 18)

struct group {
	uintptr_t key; /* a class, a type + 1, or one of the two below */
	uint64_t walked;
	uint64_t bytes;
	uint64_t tracked;
};

/* Open addressing, twice as many places as there may be groups. */
static struct group *groups;
static uint32_t places[CLASSES_LIMIT * 2]; /* number of a group + 1; 0: empty */
static uint32_t group_count;

/* For each class: it, its id, and its allocated, freed and retained objects. */
enum { FIGURES_OF_CLASS = 6 };

static ID id_figures, id_live_count;

static const char *const type_names[] = {
    [RUBY_T_OBJECT] = "T_OBJECT", [RUBY_T_STRUCT] = "T_STRUCT", [RUBY_T_FILE] = "T_FILE",
    [RUBY_T_DATA] = "T_DATA",     [RUBY_T_NODE] = "T_NODE",     [RUBY_T_ICLASS] = "T_ICLASS",
};

static VALUE class_of_hidden(int type)
{
	switch (type) {
	case RUBY_T_CLASS:
		return rb_cClass;
	case RUBY_T_MODULE:
		return rb_cModule;
	case RUBY_T_STRING:
		return rb_cString;
	case RUBY_T_ARRAY:
		return rb_cArray;
	case RUBY_T_HASH:
		return rb_cHash;
	case RUBY_T_SYMBOL:
		return rb_cSymbol;
	case RUBY_T_FLOAT:
		return rb_cFloat;
	case RUBY_T_BIGNUM:
		return rb_cInteger;
	case RUBY_T_REGEXP:
		return rb_cRegexp;
	case RUBY_T_MATCH:
		return rb_cMatch;
	case RUBY_T_RATIONAL:
		return rb_cRational;
	case RUBY_T_COMPLEX:
		return rb_cComplex;
	default:
		return 0;
	}
}

static uintptr_t key_of(VALUE object, int type)
{
	VALUE klass = RBASIC(object)->klass;

	if (type == RUBY_T_CLASS && rb_class_real(object) != object)
		return SINGLETON;
	if (klass && type != RUBY_T_ICLASS)
		return (uintptr_t)rb_class_real(klass);
	return class_of_hidden(type) ? HIDDEN(type) : (uintptr_t)type + 1;
}

static struct group *group_of(uintptr_t key)
{
	uint32_t place = (uint32_t)((key >> 3) * UINT64_C(0x9E3779B97F4A7C15) >> 32) % (CLASSES_LIMIT * 2);

	for (; places[place]; place = (place + 1) % (CLASSES_LIMIT * 2)) {
		if (groups[places[place] - 1].key == key)
			return &groups[places[place] - 1];
	}
	if (group_count == CLASSES_LIMIT)
		rb_bug("the heap has more classes than the heap walk has room for");
	groups[group_count] = (struct group){.key = key};
	places[place] = ++group_count;
	return &groups[group_count - 1];
}

static int count_slots(void *start, void *end, size_t stride, void *data)
{
	for (char *slot = start; slot < (char *)end; slot += stride) {
		int type = RB_BUILTIN_TYPE((VALUE)slot);

		if (type == RUBY_T_NONE || type == RUBY_T_IMEMO || type == RUBY_T_ZOMBIE || type == RUBY_T_MOVED)
			continue;
		struct group *group = group_of(key_of((VALUE)slot, type));
		group->walked++;
		group->bytes += stride;
	}
	return 0;
}

static void walk(void)
{
	group_count = 0;
	memset(places, 0, sizeof(places));
	rb_objspace_each_objects(count_slots, NULL);
}

static VALUE name_of(uintptr_t key)
{
	const char *name;

	if (key >= KEYS_WITHOUT_CLASS)
		return (VALUE)key;
	if (key == SINGLETON)
		return rb_str_new_cstr("(singleton Class)");
	if (key >= HIDDEN(0))
		return rb_sprintf("(hidden %" PRIsVALUE ")", class_of_hidden((int)(key - HIDDEN(0))));
	name = key - 1 < sizeof(type_names) / sizeof(*type_names) ? type_names[key - 1] : NULL;
	return rb_sprintf("(internal %s)", name ? name : "?");
}

static VALUE walked(bool bytes)
{
	bool was_disabled = RTEST(rb_gc_disable());
	VALUE result;

	walk();
	result = rb_hash_new();
	for (uint32_t index = 0; index < group_count; index++)
		rb_hash_aset(result, name_of(groups[index].key),
		             ULL2NUM(bytes ? groups[index].bytes : groups[index].walked));
	if (!was_disabled)
		rb_gc_enable();
	return result;
}

static VALUE counts(VALUE self)
{
	return walked(false);
}

/* Of the slots. */
static VALUE bytes(VALUE self)
{
	return walked(true);
}

static uint64_t allocated(void)
{
	return rb_gc_stat(ID2SYM(rb_intern("total_allocated_objects")));
}

/*
 * Returns false when there was a GC, or another thread had its turn and made objects: the figures are one new object,
 * which is there before anything is counted.
 */
static bool compare_once(VALUE capture)
{
	uint64_t before = allocated();
	size_t gcs = rb_gc_count();
	VALUE metrics = rb_funcall(capture, id_figures, 0);
	uint64_t live = NUM2ULL(rb_funcall(capture, id_live_count, 0));
	uint64_t total = 0;

	walk();
	if (allocated() != before + 1 || rb_gc_count() != gcs)
		return false;
	for (uint32_t index = 0; index < group_count; index++)
		total += groups[index].walked;
	for (long index = 0; index < RARRAY_LEN(metrics); index += FIGURES_OF_CLASS) {
		const VALUE *of_class = RARRAY_CONST_PTR(metrics) + index;

		group_of(of_class[0])->tracked = NUM2ULL(of_class[2]) - NUM2ULL(of_class[3]);
	}
	/* With what is no class. */
	struct group *all = &groups[group_count++];
	*all = (struct group){.walked = total, .tracked = live};
	RB_GC_GUARD(metrics);
	return true;
}

static VALUE compare_classes(VALUE capture)
{
	while (!compare_once(capture))
		;
	return Qnil;
}

static VALUE differences_hash(void)
{
	VALUE result = rb_hash_new();

	for (uint32_t index = 0; index < group_count; index++) {
		const struct group *group = &groups[index];
		VALUE name = group->key ? name_of(group->key) : ID2SYM(rb_intern("all"));

		if (group->key && group->key < KEYS_WITHOUT_CLASS)
			continue;
		if (group->walked != group->tracked)
			rb_hash_aset(result, name, rb_assoc_new(ULL2NUM(group->walked), ULL2NUM(group->tracked)));
	}
	return result;
}

static VALUE differences(VALUE self, VALUE capture)
{
	bool was_disabled;
	int state = 0;
	VALUE result = Qnil;

	was_disabled = RTEST(rb_gc_disable());
	/* What waits for a safe point may make objects: it must not run between the walk and the capture's answers. */
	for (int round = 0; round < 3; round++) {
		rb_funcall(capture, id_figures, 0);
		rb_funcall(capture, id_live_count, 0);
		rb_thread_check_ints();
	}
	rb_protect(compare_classes, capture, &state);
	if (!state)
		result = differences_hash();
	if (!was_disabled)
		rb_gc_enable();
	if (state)
		rb_jump_tag(state);
	return result;
}

static VALUE hidden_array(VALUE self, VALUE count)
{
	long length = NUM2LONG(count);
	VALUE result = rb_ary_new();

	for (long index = 0; index < length; index++) {
		VALUE array = rb_ary_tmp_new(4);

		rb_ary_push(array, INT2FIX(1));
		rb_obj_reveal(array, rb_cArray);
		rb_ary_push(result, array);
	}
	return result;
}

static VALUE hide_each(VALUE self, VALUE arrays)
{
	for (long index = 0; index < RARRAY_LEN(arrays); index++)
		rb_obj_hide(RARRAY_AREF(arrays, index));
	return Qnil;
}

static VALUE reveal_each(VALUE self, VALUE arrays)
{
	for (long index = 0; index < RARRAY_LEN(arrays); index++)
		rb_obj_reveal(RARRAY_AREF(arrays, index), rb_cArray);
	return Qnil;
}

void Init_heap_walk(void)
{
	VALUE module = rb_define_module("HeapWalk");

	groups = calloc(CLASSES_LIMIT + 1, sizeof(*groups));
	if (!groups)
		rb_memerror();
	id_figures = rb_intern("figures");
	id_live_count = rb_intern("live_count");
	/* {Class or "(internal T_X)" => objects} of the whole heap, without what the call itself makes. */
	rb_define_module_function(module, "counts", counts, 0);
	/* {Class or "(internal T_X)" => bytes of slots}, of the same. */
	rb_define_module_function(module, "bytes", bytes, 0);
	/* {Class or :all => [objects in the heap, objects by the capture]}, where they differ. */
	rb_define_module_function(module, "differences", differences, 1);
	/* Arrays that were allocated hidden and revealed afterwards. */
	rb_define_module_function(module, "revealed_arrays", hidden_array, 1);
	/* Hides arrays in an array as Ruby's core does, and reveals them. Hidden ones must not be looked at. */
	rb_define_module_function(module, "hide_each", hide_each, 1);
	rb_define_module_function(module, "reveal_each", reveal_each, 1);
}
