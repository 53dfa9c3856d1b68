#include "CSimdJSON.h"

#include <memory>
#include <simdjson.h>

// Only the structural index is used: it validates UTF-8, escapes and quotes at memory speed, and what is behind it
// is ours to walk, so that a key no rule names costs a step over it.
struct beckon_json_indexer {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser;
  size_t capacity = 0;
};

extern "C" {

beckon_json_indexer *beckon_json_indexer_create(size_t bytes_max) {
  auto *indexer = new beckon_json_indexer();
  auto error = simdjson::get_active_implementation()->create_dom_parser_implementation(bytes_max, 64, indexer->parser);
  if (error) abort();
  indexer->capacity = bytes_max;
  return indexer;
}

void beckon_json_indexer_destroy(beckon_json_indexer *indexer) { delete indexer; }

int beckon_json_index(beckon_json_indexer *indexer, const uint8_t *json, size_t length, const uint32_t **indexes,
                      uint32_t *count) {
  if (length > indexer->capacity) return simdjson::CAPACITY;
  auto error = indexer->parser->stage1(json, length, simdjson::stage1_mode::regular);
  *indexes = indexer->parser->structural_indexes.get();
  *count = indexer->parser->n_structural_indexes;
  return error;
}

}
