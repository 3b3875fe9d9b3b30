#include "model/node.h"

/* What at_mark and retained are in `epoch`, given that nothing happened since `counts` were taken in `since`. */
struct settled {
	uint64_t at_mark;
	uint64_t retained;
};

static inline uint64_t load(const _Atomic uint64_t *counter)
{
	return atomic_load_explicit((_Atomic uint64_t *)counter, memory_order_relaxed);
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
		/* Fewer only when the sweep's end was missed, and later sweeps have freed what was born since. */
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
	struct settled now = {load(&node->at_mark), load(&node->retained)};

	now = settle(now, load(&node->allocated), load(&node->freed), since, epoch);
	/* A reader that sees one of the new values sees that the node is being settled, too. */
	atomic_store_explicit(&node->epoch, NODE_SETTLING, memory_order_relaxed);
	atomic_store_explicit(&node->at_mark, now.at_mark, memory_order_release);
	atomic_store_explicit(&node->retained, now.retained, memory_order_release);
	atomic_store_explicit(&node->epoch, epoch, memory_order_release);
}

struct node_counts node_read(const struct node *node, uint32_t epoch)
{
	struct node *shared = (struct node *)node;

	for (;;) {
		uint32_t before = atomic_load_explicit(&shared->epoch, memory_order_acquire);
		struct settled now = {
		    atomic_load_explicit(&shared->at_mark, memory_order_acquire),
		    atomic_load_explicit(&shared->retained, memory_order_acquire),
		};
		uint64_t freed = atomic_load_explicit(&shared->freed, memory_order_acquire);
		uint64_t allocated = atomic_load_explicit(&shared->allocated, memory_order_acquire);
		uint32_t after = atomic_load_explicit(&shared->epoch, memory_order_relaxed);

		if (before == NODE_SETTLING || before != after)
			continue;
		now = settle(now, allocated, freed, before, epoch);
		return (struct node_counts){allocated, freed, now.retained};
	}
}

/* Of a settled node; a reader that meets it meanwhile tries again. */
static void set_marked(struct node *node, uint64_t at_mark, uint64_t retained, uint32_t epoch)
{
	atomic_store_explicit(&node->epoch, NODE_SETTLING, memory_order_relaxed);
	atomic_store_explicit(&node->at_mark, at_mark, memory_order_release);
	atomic_store_explicit(&node->retained, retained, memory_order_release);
	atomic_store_explicit(&node->epoch, epoch, memory_order_release);
}

/* While a sweep is under way, which odd epochs are, retained is of the sweep before. */
static void move_marked(struct node *to, struct node *from, uint32_t epoch)
{
	uint64_t swept = !(epoch & 1);
	uint64_t retained = swept && load(&from->retained) ? 1 : 0;

	set_marked(to, load(&to->at_mark) + 1, load(&to->retained) + retained, epoch);
	set_marked(from, load(&from->at_mark) - 1, load(&from->retained) - retained, epoch);
}

void node_move(struct node *to, struct node *from, uint32_t epoch)
{
	node_settle(to, epoch);
	node_settle(from, epoch);
	uint64_t allocated = load(&from->allocated) - 1;

	node_count_birth(to);
	if (load(&from->at_mark) > allocated)
		move_marked(to, from, epoch);
	atomic_store_explicit(&from->allocated, allocated, memory_order_release);
}

void node_fold(struct node *to, struct node *from, uint32_t epoch)
{
	node_settle(from, epoch);
	node_settle(to, epoch);
	store(&to->allocated, load(&to->allocated) + load(&from->allocated));
	atomic_store_explicit(&to->freed, load(&to->freed) + load(&from->freed), memory_order_release);
	store(&to->at_mark, load(&to->at_mark) + load(&from->at_mark));
	store(&to->retained, load(&to->retained) + load(&from->retained));
}
