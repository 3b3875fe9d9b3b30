#include "path_program.h"

struct fake_program *path_program;
uintptr_t path_address = OBJECT(0);

void path_start(struct tracker_options options)
{
	path_program = fake_start(options);
	fake_class(path_program, CLASS(1), "Hash");
	fake_class(path_program, CLASS(2), "String");
	fake_code(path_program, CODE(STORE), CODE_SOURCE, "shop.rb", "write");
	fake_code(path_program, CODE(CHECKOUT), CODE_SOURCE, "shop.rb", "call");
	fake_code(path_program, CODE(SERVER), CODE_SOURCE, "server.rb", "run");
	fake_code(path_program, CODE(NEW), CODE_NATIVE, NULL, "new");
	fake_code(path_program, CODE(MAP), CODE_NATIVE, "<internal:array>", "map");
	fake_code(path_program, CODE(IGNORED), CODE_IGNORED, NULL, NULL);
}

int path_set_up(void **state)
{
	path_start((struct tracker_options){.depth = 3});
	return 0;
}

int path_tear_down(void **state)
{
	fake_stop(path_program);
	return 0;
}

/* An object of Hash. Returns its node. */
uint32_t path_allocate(const struct stack *stack)
{
	path_address += FAKE_STRIDE;
	return fake_allocate_at(path_program, path_address, CLASS(1), stack);
}
