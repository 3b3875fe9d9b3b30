#include "vm/vm_symbols.h"

#include <dlfcn.h>
#include <ruby.h>

#include "model/heap_map.h"
#include "base/memory_map.h"

/* A page's first word points to the VM's record of it, in whose first words the slot size is. */
#define RECORD_WORDS 32

typedef int slots_callback(void *start, void *end, size_t stride, void *data);

static struct {
	size_t (*slot_size)(VALUE object);
	void (*each_objects)(slots_callback *callback, void *data);
	VALUE (*lock_with_barrier)(VALUE (*function)(void *data), void *data);
	size_t only_size; /* of all slots, where there is one size; else 0 */
	size_t overhead;  /* what debugging builds put behind each object */
} vm;

static size_t internal_constant(VALUE gc, const char *name)
{
	VALUE constants = rb_const_get(gc, rb_intern("INTERNAL_CONSTANTS"));
	VALUE value = RB_TYPE_P(constants, T_HASH) ? rb_hash_aref(constants, ID2SYM(rb_intern(name))) : Qnil;

	return RB_FIXNUM_P(value) ? FIX2ULONG(value) : 0;
}

static size_t only_slot_size(VALUE gc)
{
	if (RTEST(rb_funcall(gc, rb_intern("respond_to?"), 1, ID2SYM(rb_intern("stat_heap")))))
		return 0;
	return internal_constant(gc, "RVALUE_SIZE");
}

void vm_symbols_init(void)
{
	VALUE gc = rb_const_get(rb_cObject, rb_intern("GC"));

	*(void **)&vm.slot_size = dlsym(RTLD_DEFAULT, "rb_gc_obj_slot_size");
	*(void **)&vm.each_objects = dlsym(RTLD_DEFAULT, "rb_objspace_each_objects");
	*(void **)&vm.lock_with_barrier = dlsym(RTLD_DEFAULT, "rb_vm_lock_with_barrier");
	vm.only_size = vm.slot_size ? 0 : only_slot_size(gc);
	vm.overhead = internal_constant(gc, "RVALUE_OVERHEAD");
}

const char *vm_symbols_missing(bool global)
{
	if (!vm.slot_size && !vm.only_size)
		return "this Ruby does not tell how large the slots of its heap are (it has no rb_gc_obj_slot_size)";
	if (!vm.each_objects)
		return "this Ruby does not let its heap be walked (it has no rb_objspace_each_objects)";
	if (global && !vm.lock_with_barrier)
		return "this Ruby does not let other Ractors be held off (it has no rb_vm_lock_with_barrier)";
	return NULL;
}

size_t vm_slot_size(uintptr_t address)
{
	return vm.slot_size ? vm.slot_size((VALUE)address) + vm.overhead : vm.only_size;
}

bool vm_page_readable(uintptr_t page)
{
	uintptr_t start = page & ~(uintptr_t)(HEAP_MAP_PAGE_SIZE - 1);

	if (!memory_map_readable(page) || !vm.slot_size)
		return memory_map_readable(page);
	if (!memory_map_readable(start))
		return false;
	uintptr_t record = *(const uintptr_t *)start;
	return record % sizeof(uintptr_t) == 0 && memory_map_readable(record) &&
	       memory_map_readable(record + RECORD_WORDS * sizeof(uintptr_t));
}

void vm_each_slots(slots_callback *callback, void *data)
{
	vm.each_objects(callback, data);
}

struct exclusive_call {
	void (*function)(void *data);
	void *data;
};

static VALUE call_exclusively(void *data)
{
	struct exclusive_call *call = data;

	call->function(call->data);
	return Qnil;
}

void vm_call_exclusively(void (*function)(void *data), void *data)
{
	if (vm.lock_with_barrier)
		vm.lock_with_barrier(call_exclusively, &(struct exclusive_call){function, data});
	else
		function(data);
}
