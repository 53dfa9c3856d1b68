#include "CFloorReader.h"

#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>

static void set(rd_kafka_conf_t *conf, const char *name, const char *value) {
  char error[512];
  if (rd_kafka_conf_set(conf, name, value, error, sizeof error) != RD_KAFKA_CONF_OK) {
    fprintf(stderr, "%s: %s\n", name, error);
    exit(1);
  }
}

int64_t beckon_floor_read(const char *brokers, const char *topic, int partition_count, int64_t records_max, uint64_t *bytes) {
  rd_kafka_conf_t *conf = rd_kafka_conf_new();
  set(conf, "bootstrap.servers", brokers);
  set(conf, "group.id", "floor");
  set(conf, "enable.auto.commit", "false");
  set(conf, "enable.auto.offset.store", "false");
  // The reading settings of the worker's own consumer.
  set(conf, "queued.min.messages", "1000000");
  set(conf, "queued.max.messages.kbytes", "1048576");
  set(conf, "fetch.wait.max.ms", "10");
  set(conf, "fetch.message.max.bytes", "8388608");
  set(conf, "socket.nagle.disable", "true");
  char error[512];
  rd_kafka_t *handle = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error, sizeof error);
  if (!handle) {
    fprintf(stderr, "%s\n", error);
    return -1;
  }
  rd_kafka_poll_set_consumer(handle);
  rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(partition_count);
  for (int partition = 0; partition < partition_count; partition++)
    rd_kafka_topic_partition_list_add(list, topic, partition)->offset = RD_KAFKA_OFFSET_BEGINNING;
  rd_kafka_assign(handle, list);
  rd_kafka_topic_partition_list_destroy(list);
  rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(handle);
  rd_kafka_message_t *messages[1000];
  int64_t count = 0;
  uint64_t total = 0;
  while (count < records_max) {
    ssize_t got = rd_kafka_consume_batch_queue(queue, 5, messages, 1000);
    for (ssize_t index = 0; index < got; index++) {
      if (!messages[index]->err) {
        total += messages[index]->len + messages[index]->key_len;
        count++;
      }
      rd_kafka_message_destroy(messages[index]);
    }
  }
  *bytes = total;
  rd_kafka_queue_destroy(queue);
  return count;
}
