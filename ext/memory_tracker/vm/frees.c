#include "vm/frees.h"

#include <ruby.h>

#include "model/status.h"
#include "vm/compat.h"
#include "vm/naming.h"

struct frees frees;

static VALUE total_freed_objects, heap_final_slots;

void frees_init(void)
{
	total_freed_objects = ID2SYM(rb_intern("total_freed_objects"));
	heap_final_slots = ID2SYM(rb_intern("heap_final_slots"));
}

static uint64_t counted(void)
{
	return rb_gc_stat(total_freed_objects) + rb_gc_stat(heap_final_slots);
}

static void set_baseline(bool comparable)
{
	frees.expected = counted();
	frees.checked = frees.seen;
	frees.comparable = comparable;
}

void frees_begin(void)
{
	/* During a sweep nothing can be compared, and what is hidden until its end would not be noticed. */
	naming_end_sweep();
	set_baseline(compat_gc_idle());
}

void frees_compare(void)
{
	uint64_t freed = counted() - frees.expected;
	uint64_t seen = frees.seen - frees.checked;

	if (likely(frees.comparable && freed == seen))
		return;
	if (frees.comparable)
		frees.missed += freed > seen ? freed - seen : 1;
	set_baseline(true);
}

void frees_compare_if_idle(void)
{
	if (compat_gc_idle())
		frees_compare();
}

void frees_moved(uint64_t count)
{
	frees.expected += count;
}

uint64_t frees_take_missed(void)
{
	uint64_t missed = frees.missed;

	frees.missed = 0;
	return missed;
}
