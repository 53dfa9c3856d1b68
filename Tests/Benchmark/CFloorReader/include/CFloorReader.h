#pragma once
#include <stdint.h>

/// Reads every partition of a topic from its beginning until `records_max` records came, and adds up bytes: the floor
/// under any worker. Returns the number of records, or -1 with a message on standard error.
int64_t beckon_floor_read(const char *brokers, const char *topic, int partition_count, int64_t records_max, uint64_t *bytes);
