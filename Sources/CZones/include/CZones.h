#pragma once

/// The time zones of one version of tzdata. Written by scripts/zones, where the format is described.
extern const unsigned char beckon_zones[];
extern const unsigned int beckon_zones_count;

static inline const unsigned char *_Nonnull beckon_zones_start(void) { return beckon_zones; }
