#include "model/light.h"

#include <string.h>

/* --- life --- */

static int init_tables(struct light *light)
{
	if (key_map_init(&light->identities, light->memory) || key_map_init(&light->known, light->memory) ||
	    key_map_init(&light->counts, light->memory))
		return STATUS_NO_MEMORY;
	light->samples = memory_allocate(light->memory, LIGHT_SAMPLES * sizeof(*light->samples));
	return light->samples ? STATUS_OK : STATUS_NO_MEMORY;
}

struct light *light_new(struct memory *memory)
{
	struct light *light = memory_allocate(memory, sizeof(*light));

	if (!light)
		return NULL;
	memset(light, 0, sizeof(*light));
	light->memory = memory;
	light->random = UINT64_C(0x9e3779b97f4a7c15);
	if (init_tables(light) == STATUS_OK)
		return light;
	light_free(light);
	return NULL;
}

static void deinit_map(struct key_map *map)
{
	if (map->slots)
		key_map_deinit(map);
}

void light_free(struct light *light)
{
	deinit_map(&light->identities);
	deinit_map(&light->known);
	deinit_map(&light->counts);
	memory_release(light->memory, light->samples, LIGHT_SAMPLES * sizeof(*light->samples));
	memory_release(light->memory, light, sizeof(*light));
}

void light_drop(struct light *light, const struct class_record *class)
{
	if (class->identity)
		key_map_remove(&light->identities, class->identity);
}

/* --- the window --- */

void light_open(struct light *light, uint32_t samples)
{
	samples += light->samples_left;
	light->sample_limit = samples < LIGHT_SAMPLES ? samples : LIGHT_SAMPLES;
}

/* --- the walk --- */

void light_begin(struct light *light)
{
	key_map_clear(&light->counts);
	light->run_key = 0;
	light->run = 0;
	light->internals = 0;
	light->failed = false;
}

void light_count_run(struct light *light)
{
	uint64_t count = light->run_key ? key_map_get(&light->counts, light->run_key) + light->run : 0;

	if (light->run_key && key_map_put(&light->counts, light->run_key, count) != STATUS_OK)
		light->failed = true;
	light->run = 0;
}
