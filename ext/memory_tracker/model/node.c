#include "model/node.h"

/* What at_mark and retained are in `epoch`, given that nothing happened since `counts` were taken in `since`. */
struct settled {
	uint64_t at_mark;
	uint64_t retained;
};

/*
 * Half a counter is enough for what was allocated at the end of a mark. It is used while the sweep is under way, in which
 * no slot is given out twice: there are not 2^31 allocations between, which would take 64 GB. It is the larger one for a
 * reader that has seen at_mark before node_move, and allocated after it.
 */
static uint64_t whole_at_mark(uint64_t allocated, uint32_t at_mark)
{
	return allocated - (uint64_t)(int64_t)(int32_t)((uint32_t)allocated - at_mark);
}

/* So many objects of one node would take 128 GB of slots. */
static uint32_t half(uint64_t retained)
{
	return retained < UINT32_MAX ? (uint32_t)retained : UINT32_MAX;
}

static inline uint64_t load(const _Atomic uint64_t *counter)
{
	return atomic_load_explicit((_Atomic uint64_t *)counter, memory_order_relaxed);
}

static inline uint32_t load_half(const _Atomic uint32_t *counter)
{
	return atomic_load_explicit((_Atomic uint32_t *)counter, memory_order_relaxed);
}

static inline void store(_Atomic uint64_t *counter, uint64_t value)
{
	atomic_store_explicit(counter, value, memory_order_relaxed);
}

/*
 * Epochs are compared by their difference, so that they may wrap. From an odd epoch the next step is the end of
 * the sweep that its mark belongs to; every later mark found `allocated`, every later sweep left what is live.
 */
static struct settled settle(struct settled now, uint64_t allocated, uint64_t freed, uint32_t since, uint32_t epoch)
{
	uint32_t steps = epoch - since;

	if (steps == 0 || steps > UINT32_MAX / 2)
		return now;
	if (since & 1) {
		/* Fewer only when the sweep's end was missed, and later sweeps have freed what was allocated since. */
		now.retained = now.at_mark > freed ? now.at_mark - freed : 0;
		since++;
		steps--;
	}
	if (steps >= 2)
		now.retained = allocated - freed;
	if (steps >= 1)
		now.at_mark = allocated;
	return now;
}

void node_settle(struct node *node, uint32_t epoch)
{
	uint32_t since = atomic_load_explicit(&node->epoch, memory_order_relaxed);
	uint64_t allocated = load(&node->allocated);
	struct settled now = {whole_at_mark(allocated, load_half(&node->at_mark)), load_half(&node->retained)};

	now = settle(now, allocated, load(&node->freed), since, epoch);
	/* A reader that sees one of the new values sees that the node is being settled, too. */
	atomic_store_explicit(&node->epoch, NODE_SETTLING, memory_order_relaxed);
	atomic_store_explicit(&node->at_mark, (uint32_t)now.at_mark, memory_order_release);
	atomic_store_explicit(&node->retained, half(now.retained), memory_order_release);
	atomic_store_explicit(&node->epoch, epoch, memory_order_release);
}

struct counts node_read(const struct node *node, uint32_t epoch)
{
	struct node *shared = (struct node *)node;

	for (;;) {
		uint32_t before = atomic_load_explicit(&shared->epoch, memory_order_acquire);
		uint32_t at_mark = atomic_load_explicit(&shared->at_mark, memory_order_acquire);
		uint32_t retained = atomic_load_explicit(&shared->retained, memory_order_acquire);
		uint64_t freed = atomic_load_explicit(&shared->freed, memory_order_acquire);
		uint64_t allocated = atomic_load_explicit(&shared->allocated, memory_order_acquire);
		uint32_t after = atomic_load_explicit(&shared->epoch, memory_order_relaxed);

		if (before == NODE_SETTLING || before != after)
			continue;
		struct settled now = {whole_at_mark(allocated, at_mark), retained};
		now = settle(now, allocated, freed, before, epoch);
		return (struct counts){allocated, freed, now.retained, load(&shared->allocated_bytes)};
	}
}

/* Of a settled node; a reader that meets it meanwhile tries again. */
static void set_marked(struct node *node, uint64_t at_mark, uint64_t retained, uint32_t epoch)
{
	atomic_store_explicit(&node->epoch, NODE_SETTLING, memory_order_relaxed);
	atomic_store_explicit(&node->at_mark, (uint32_t)at_mark, memory_order_release);
	atomic_store_explicit(&node->retained, half(retained), memory_order_release);
	atomic_store_explicit(&node->epoch, epoch, memory_order_release);
}

/* While a sweep is under way, which odd epochs are, retained is of the sweep before. */
static void move_marked(struct node *to, struct node *from, uint32_t epoch)
{
	uint64_t swept = !(epoch & 1), left = load_half(&from->retained);
	uint64_t retained = swept && left && left < UINT32_MAX ? 1 : 0;

	set_marked(to, load_half(&to->at_mark) + UINT64_C(1), load_half(&to->retained) + retained, epoch);
	set_marked(from, load_half(&from->at_mark) - UINT64_C(1), left - retained, epoch);
}

void node_move(struct node *to, struct node *from, uint32_t epoch, uint32_t bytes)
{
	node_settle(to, epoch);
	node_settle(from, epoch);
	uint64_t allocated = load(&from->allocated) - 1;
	uint64_t at_mark = whole_at_mark(allocated + 1, load_half(&from->at_mark));

	node_count_allocated(to, bytes);
	if (at_mark > allocated)
		move_marked(to, from, epoch);
	store(&from->allocated_bytes, load(&from->allocated_bytes) - bytes);
	atomic_store_explicit(&from->allocated, allocated, memory_order_release);
}

void node_fold(struct node *to, struct node *from, uint32_t epoch)
{
	node_settle(from, epoch);
	node_settle(to, epoch);
	store(&to->allocated, load(&to->allocated) + load(&from->allocated));
	atomic_store_explicit(&to->freed, load(&to->freed) + load(&from->freed), memory_order_release);
	store(&to->allocated_bytes, load(&to->allocated_bytes) + load(&from->allocated_bytes));
	atomic_store_explicit(&to->at_mark, load_half(&to->at_mark) + load_half(&from->at_mark), memory_order_relaxed);
	node_set_retained(to, (uint64_t)load_half(&to->retained) + load_half(&from->retained));
}

void node_set_retained(struct node *node, uint64_t retained)
{
	atomic_store_explicit(&node->retained, half(retained), memory_order_relaxed);
}
