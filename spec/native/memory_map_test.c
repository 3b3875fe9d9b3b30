/* Which addresses can be read. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#endif

#include "base/memory_map.h"

static size_t page;
static char *pages; /* readable, forbidden, not mapped */

static int set_up(void **state)
{
	page = (size_t)sysconf(_SC_PAGESIZE);
	pages = mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pages == MAP_FAILED)
		return -1;
	return mprotect(pages + page, page, PROT_NONE) | munmap(pages + 2 * page, page);
}

static int tear_down(void **state)
{
	return munmap(pages, 2 * page);
}

/* For each page whether it is told right, as a bit. */
static unsigned right(void)
{
	return (memory_map_readable((uintptr_t)pages) ? 1u : 0u) |
	       (memory_map_readable((uintptr_t)pages + page - 8) ? 2u : 0u) |
	       (memory_map_readable((uintptr_t)pages + page) ? 0u : 4u) |
	       (memory_map_readable((uintptr_t)pages + 2 * page) ? 0u : 8u);
}

static void test_readable_forbidden_and_not_mapped(void **state)
{
	assert_int_equal(right(), 15);
	assert_false(memory_map_readable(8));
	assert_false(memory_map_readable(UINTPTR_MAX - 7));
}

static void test_errno_stays(void **state)
{
	errno = ENOMEM;
	memory_map_readable((uintptr_t)pages + page);
	assert_int_equal(errno, ENOMEM);
}

#ifdef __linux__

/* Every process_vm_readv fails with this from now on, as in a container that forbids it. */
static int forbid(int error)
{
	struct sock_filter filter[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_process_vm_readv, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(filter) / sizeof(*filter), filter};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static bool is_forbidden(int error)
{
	char byte;
	struct iovec here = {&byte, 1}, there = {pages, 1};

	return process_vm_readv(getpid(), &here, 1, &there, 1, 0) < 0 && errno == error;
}

/* The exit status: what `right` says, or 64 where nothing can be forbidden. */
static int ask_where_it_is_forbidden(int error)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0)
		_exit(forbid(error) || !is_forbidden(error) ? 64 : (int)right());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void test_where_containers_forbid_to_read_memory(void **state)
{
	int status = ask_where_it_is_forbidden(EPERM);

	if (status == 64)
		skip();
	assert_int_equal(status, 15);
	assert_int_equal(ask_where_it_is_forbidden(ENOSYS), 15);
}

#endif

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_readable_forbidden_and_not_mapped),
	    TEST(test_errno_stays),
#ifdef __linux__
	    TEST(test_where_containers_forbid_to_read_memory),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
