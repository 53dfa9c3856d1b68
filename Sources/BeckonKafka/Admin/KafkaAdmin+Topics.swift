import CRDKafka

extension KafkaAdmin {
    /// Creates the topics that do not exist yet.
    ///
    /// - Returns: the names of those that were there already, which may differ from what was asked for.
    /// - Throws: one sentence for each topic that could not be created.
    @discardableResult
    public func createTopics(_ topics: [TopicSpecification]) throws(KafkaError) -> [String] {
        guard !topics.isEmpty else { return [] }
        var requests: [OpaquePointer?] = []
        defer { for request in requests { rd_kafka_NewTopic_destroy(request) } }
        for topic in topics { requests.append(try Self.creation(of: topic)) }
        let handle = handle.pointer
        return try request(RD_KAFKA_ADMIN_OP_CREATETOPICS, "creating topics") { options, queue in
            rd_kafka_CreateTopics(handle, &requests, requests.count, options, queue)
        } read: { event throws(KafkaError) in
            var count = 0
            let results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count)
            return try Self.existing(UnsafeBufferPointer(start: results, count: count))
        }
    }

    private static func creation(of topic: TopicSpecification) throws(KafkaError) -> OpaquePointer {
        var text = [CChar](repeating: 0, count: 256)
        guard
            let created = rd_kafka_NewTopic_new(
                topic.name, topic.partitionCount, topic.replicationFactor, &text, text.count)
        else { throw KafkaError(.configuration, "topic \(topic.name): \(textOf(text))") }
        for (name, value) in topic.settings.sorted(by: { $0.key < $1.key }) {
            rd_kafka_NewTopic_set_config(created, name, value)
        }
        return created
    }

    private static func existing(_ results: UnsafeBufferPointer<OpaquePointer?>) throws(KafkaError) -> [String] {
        var existing: [String] = []
        var problems: [String] = []
        var code: KafkaErrorCode?
        for result in results {
            let name = String(cString: rd_kafka_topic_result_name(result))
            let error = KafkaErrorCode(rd_kafka_topic_result_error(result))
            if error.rawValue == 0 { continue }
            if error == .topicAlreadyExists {
                existing.append(name)
                continue
            }
            let reason = rd_kafka_topic_result_error_string(result).map { String(cString: $0) } ?? error.meaning
            problems.append("topic \(name) was not created: \(reason)")
            code = code ?? error
        }
        if let code { throw KafkaError(code, problems.joined(separator: "\n"), isRetriable: code.isTransient) }
        return existing
    }

    /// The topic's settings as they are in force, by Kafka's names: its own, else the broker's defaults.
    ///
    /// For example `cleanup.policy`, `retention.ms`, `message.timestamp.type`, `max.message.bytes`.
    public func topicConfiguration(_ name: String) throws(KafkaError) -> [String: String] {
        let resource = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name)
        defer { rd_kafka_ConfigResource_destroy(resource) }
        let handle = handle.pointer
        return try request(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, "describing topic \(name)") { options, queue in
            var resources = [resource]
            rd_kafka_DescribeConfigs(handle, &resources, 1, options, queue)
        } read: { event throws(KafkaError) in
            var count = 0
            let results = rd_kafka_DescribeConfigs_result_resources(
                rd_kafka_event_DescribeConfigs_result(event), &count)
            guard count == 1, let result = results?[0] else { return [:] }
            let code = rd_kafka_ConfigResource_error(result)
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
                let reason = rd_kafka_ConfigResource_error_string(result).map { String(cString: $0) } ?? ""
                throw KafkaError(KafkaErrorCode(code), "describing topic \(name): \(reason)")
            }
            return Self.settings(of: result)
        }
    }

    private static func settings(of resource: OpaquePointer) -> [String: String] {
        var count = 0
        let entries = rd_kafka_ConfigResource_configs(resource, &count)
        var settings: [String: String] = [:]
        for entry in UnsafeBufferPointer(start: entries, count: count) {
            guard let value = rd_kafka_ConfigEntry_value(entry) else { continue }
            settings[String(cString: rd_kafka_ConfigEntry_name(entry))] = String(cString: value)
        }
        return settings
    }
}
