import CRDKafka

/// One line of librdkafka's log: its level as in syslog (3 error … 7 debug), a short word for the part, the text.
public typealias KafkaLog = (_ level: Int32, _ facility: String, _ text: String) -> Void

/// What librdkafka calls back into. Only one thread polls a handle, so only that thread comes here.
final class HandleCallbacks {
    var onLog: KafkaLog?
    var onRebalance: ((rd_kafka_resp_err_t, UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?) -> Void)?
    let reports: DeliveryReports?
    /// The newest error of the connections or the cluster.
    private(set) var lastError: KafkaError?

    init(reports: DeliveryReports?) { self.reports = reports }

    /// Without retaining self: the handle does, until librdkafka is gone.
    func install(in configuration: OpaquePointer, isConsumer: Bool) {
        rd_kafka_conf_set_opaque(configuration, Unmanaged.passUnretained(self).toOpaque())
        rd_kafka_conf_set_log_cb(configuration) { handle, level, facility, text in
            guard let callbacks = HandleCallbacks.of(rd_kafka_opaque(handle)), let onLog = callbacks.onLog,
                let facility, let text
            else { return }
            onLog(level, String(cString: facility), String(cString: text))
        }
        rd_kafka_conf_set_error_cb(configuration) { _, code, reason, opaque in
            let code = KafkaErrorCode(rawValue: code)
            guard let callbacks = HandleCallbacks.of(opaque) else { return }
            // That all brokers are down follows the error that says why: keep the reason.
            if code == .allBrokersDown && callbacks.lastError != nil { return }
            callbacks.lastError = KafkaError(
                code, reason.map { String(cString: $0) } ?? code.meaning, isFatal: code == .fatal)
        }
        if isConsumer {
            rd_kafka_conf_set_rebalance_cb(configuration) { _, code, partitions, opaque in
                HandleCallbacks.of(opaque)?.onRebalance?(code, partitions)
            }
        }
        if reports != nil {
            rd_kafka_conf_set_dr_msg_cb(configuration) { _, message, opaque in
                guard let message else { return }
                HandleCallbacks.of(opaque)?.reports?.record(message.pointee)
            }
        }
    }

    private static func of(_ opaque: UnsafeMutableRawPointer?) -> HandleCallbacks? {
        opaque.map { Unmanaged<HandleCallbacks>.fromOpaque($0).takeUnretainedValue() }
    }
}
