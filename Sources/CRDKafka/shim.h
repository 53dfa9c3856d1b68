#ifndef BECKON_CRDKAFKA_SHIM_H
#define BECKON_CRDKAFKA_SHIM_H

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

/* Swift cannot call variadic functions, and rd_kafka_produceva frees the headers twice on an unknown partition before
 * 2.12.0. The headers, which may be NULL, belong to librdkafka when this returns no error, else still to the caller.
 * A timestamp of 0 is the current time. */
static inline rd_kafka_resp_err_t beckon_kafka_produce(
    rd_kafka_t *handle, rd_kafka_topic_t *topic, int32_t partition, int flags, const void *value, size_t value_length,
    const void *key, size_t key_length, int64_t timestamp_ms, rd_kafka_headers_t *headers, void *token) {
    if (headers)
        return rd_kafka_producev(
            handle, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_PARTITION(partition), RD_KAFKA_V_MSGFLAGS(flags),
            RD_KAFKA_V_VALUE((void *)value, value_length), RD_KAFKA_V_KEY((void *)key, key_length),
            RD_KAFKA_V_TIMESTAMP(timestamp_ms), RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(token), RD_KAFKA_V_END);
    return rd_kafka_producev(
        handle, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_PARTITION(partition), RD_KAFKA_V_MSGFLAGS(flags),
        RD_KAFKA_V_VALUE((void *)value, value_length), RD_KAFKA_V_KEY((void *)key, key_length),
        RD_KAFKA_V_TIMESTAMP(timestamp_ms), RD_KAFKA_V_OPAQUE(token), RD_KAFKA_V_END);
}

#endif
